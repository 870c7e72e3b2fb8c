import { resultsOf } from './event-stream.js';
import { operationsIn } from './operations.js';
import { currentSession, endSession, signedIn } from './session.js';

const JSON_TYPES = 'application/graphql-response+json, application/json';

/**
 * Creates the function with which GraphiQL sends operations.
 * @param options confirm: resolves with whether to send the operation; onRefusal: called with { code, missingScopes } if the
 * bar can help, else with undefined; onSchema: called with the introspected schema
 */
export function createFetcher({ confirm, onRefusal, onSchema }) {
  return async function fetcher(operation, { headers = {} } = {}) {
    if (confirm && !(await confirm(operation)))
      return { errors: [{ message: 'Cancelled: the operation was not sent.' }] };
    const introspects = operation.operationName === 'IntrospectionQuery';
    for (;;) {
      const session = currentSession();
      const ownHeader = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
      const authorization = session && !ownHeader ? { Authorization: `Bearer ${session.token}` } : {};
      const onTokenInvalid = () => {
        if (!session || currentSession() !== session) return;
        endSession(session);
        onRefusal?.({ code: 'EXPIRED' });
      };
      const { status, result } = await send(operation, { ...authorization, ...headers }, onTokenInvalid);
      if (introspects && result.data?.__schema) onSchema?.(result.data.__schema);
      if (ownHeader) return result;
      if (status === 401) endSession(session);
      if (!introspects) {
        onRefusal?.(status === 401 ? { code: session ? 'EXPIRED' : 'UNAUTHENTICATED' } : insufficientScope(result));
        return result;
      }
      if (status !== 401) return result;
      // If the schema requires a token, wait for the sign-in and try again.
      await signedIn();
    }
  };
}

/** @param onTokenInvalid called when a stream ends because the token is no longer valid */
async function send({ query, variables, operationName }, headers, onTokenInvalid) {
  const connection = new AbortController();
  const isSubscription = operationsIn(query).some(({ kind }) => kind === 'subscription');
  const response = await fetch('/graphql', {
    method: 'POST',
    credentials: 'omit',
    signal: connection.signal,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      Accept: isSubscription ? `text/event-stream, ${JSON_TYPES}` : JSON_TYPES,
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const isStream = response.headers.get('Content-Type')?.startsWith('text/event-stream');
  return {
    status: response.status,
    result: isStream ? resultsOf(response, connection, onTokenInvalid) : await read(response),
  };
}

async function read(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `The server responded with ${response.status}: ${text.slice(0, 200)}` }] };
  }
}

/** The scopes that the token lacks, or undefined. */
function insufficientScope({ errors = [] }) {
  const missing = errors
    .filter(({ extensions }) => extensions?.code === 'INSUFFICIENT_SCOPE')
    .flatMap(({ extensions }) => extensions.missingScopes ?? []);
  return missing.length > 0 ? { code: 'INSUFFICIENT_SCOPE', missingScopes: [...new Set(missing)] } : undefined;
}
