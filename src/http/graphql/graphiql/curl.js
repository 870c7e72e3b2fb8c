import { operationAt, operationsIn } from './operations.js';

/** Quotes for a POSIX shell, where nothing but the single quote is special inside single quotes. */
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The operation at the cursor as a curl command. The token is a shell variable, because commands are pasted into chats and
 * kept in shell histories. Custom headers are omitted for the same reason.
 * @throws {SyntaxError} if the variables are not JSON
 */
export function curlCommand(issuer, { query, variables, offset }) {
  const body = { query };
  if (variables.trim() !== '') body.variables = JSON.parse(variables);
  const operation = operationAt(query, offset);
  if (operationsIn(query).length > 1) body.operationName = operation.name;
  // -N: curl prints each event at once.
  const streamOptions = operation?.kind === 'subscription' ? ["-N -H 'Accept: text/event-stream'"] : [];
  return [
    `curl ${quoted(`${issuer}/graphql`)}`,
    ...streamOptions,
    '-H "Authorization: Bearer $TOKEN"',
    `-H ${quoted('Content-Type: application/json')}`,
    `--data-raw ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}
