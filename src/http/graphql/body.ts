import { badRequest, malformedAuthentication } from '../../graphql/errors.ts';
import type { GraphQLRequest } from '../../graphql/execution/execute-request.ts';
import { isStorable } from '../../graphql/well-formed-strings.ts';

/** Maximum bytes of a body; longer ones get 413. */
export const MAX_BODY = 100 * 1024;

/** Maximum nesting of objects and lists; no input of the schema comes close. */
const MAX_NESTING = 64;

/** GraphQL over HTTP §5.4: validates the JSON body, so that no later code has to check its types and strings. */
export function parseGraphQLBody(text: string): GraphQLRequest {
  const body = parse(text);
  if (Array.isArray(body)) throw badRequest('Batching is not supported', 'BAD_REQUEST');
  if (typeof body !== 'object' || body === null) throw badRequest('The body must be a JSON object', 'BAD_REQUEST');
  if ('access_token' in body) throw malformedAuthentication('Send the token in the Authorization header only');
  checkValues(body);
  return checkMembers(body as Record<string, unknown>);
}

/** Other members are ignored: GraphQL over HTTP reserves them. */
function checkMembers(body: Readonly<Record<string, unknown>>): GraphQLRequest {
  const { query, operationName, variables, extensions } = body;
  // Apollo's and urql's clients then send the whole document.
  if (query == null && isObjectOrNone(extensions) && extensions?.persistedQuery != null)
    throw badRequest('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED', 200);
  if (typeof query !== 'string') throw badRequest('The body must have a `query` of type string', 'BAD_REQUEST');
  if (operationName != null && typeof operationName !== 'string')
    throw badRequest('`operationName` must be a string', 'BAD_REQUEST');
  if (!isObjectOrNone(variables)) throw badRequest('`variables` must be an object', 'BAD_REQUEST');
  if (!isObjectOrNone(extensions)) throw badRequest('`extensions` must be an object', 'BAD_REQUEST');
  return { query, operationName, variables };
}

/** The parameters in the query string of a GET request (GraphQL over HTTP §5.3), as the JSON body of a POST request. */
export function bodyOfGet(query: string): string {
  const sent = new URLSearchParams(query);
  const one = (name: string): string | undefined => {
    const values = sent.getAll(name);
    if (values.length > 1) throw badRequest(`\`${name}\` is repeated`, 'BAD_REQUEST');
    return values[0];
  };
  const json = (name: string): unknown => {
    const text = one(name);
    return text === undefined ? undefined : parse(text, `\`${name}\` is not JSON`);
  };
  return JSON.stringify({
    query: one('query'),
    operationName: one('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

const isObjectOrNone = (value: unknown): value is Record<string, unknown> | null | undefined =>
  value == null || (typeof value === 'object' && !Array.isArray(value));

function parse(text: string, message = 'The body is not JSON'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(message, 'BAD_REQUEST');
  }
}

/** Checks every string and key of the body. An explicit stack, because recursion could overflow on deep nesting. */
function checkValues(body: object): void {
  const pending: { value: unknown; depth: number }[] = [{ value: body, depth: 1 }];
  for (let item = pending.pop(); item; item = pending.pop()) {
    const { value, depth } = item;
    if (typeof value === 'string' && !isStorable(value))
      throw badRequest('A string contains characters that cannot be stored');
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_NESTING) throw badRequest(`The body is nested more than ${MAX_NESTING} levels deep`);
    for (const [key, inner] of Object.entries(value)) {
      // Harmless as an own property, but code that copies it by assignment would change a prototype.
      if (key === '__proto__' || !isStorable(key)) throw badRequest('A name in the body is not allowed');
      pending.push({ value: inner, depth: depth + 1 });
    }
  }
}
