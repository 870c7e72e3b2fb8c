import { operationAt, operationsIn } from './operations.js';

/** For a POSIX shell: within single quotes nothing has a meaning but the single quote. */
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The operation at the cursor as a command. The token is a variable of the shell: a command is pasted into chats and
 * kept in histories. Headers of one's own stay away for the same reason.
 * @throws {SyntaxError} where the variables are not JSON
 */
export function curlCommand(issuer, { query, variables, offset }) {
  const body = { query };
  if (variables.trim() !== '') body.variables = JSON.parse(variables);
  const operation = operationAt(query, offset);
  if (operationsIn(query).length > 1) body.operationName = operation.name;
  // -N: each event when it comes.
  const streamed = operation?.kind === 'subscription' ? ["-N -H 'Accept: text/event-stream'"] : [];
  return [
    `curl ${quoted(`${issuer}/graphql`)}`,
    ...streamed,
    '-H "Authorization: Bearer $TOKEN"',
    `-H ${quoted('Content-Type: application/json')}`,
    `--data-raw ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}
