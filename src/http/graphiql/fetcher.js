import { currentSession, endSession, signedIn } from './session.js';

/**
 * What GraphiQL sends its operations with.
 * @param onRefusal called with what the bar can help with: { code, missingScopes }
 */
export function createFetcher(onRefusal) {
  return async function fetcher({ query, variables, operationName }, { headers = {} } = {}) {
    for (;;) {
      const session = currentSession();
      const ownHeader = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
      const response = await fetch('/graphql', {
        method: 'POST',
        credentials: 'omit',
        headers: {
          ...(session && !ownHeader ? { Authorization: `Bearer ${session.token}` } : {}),
          ...headers,
          'Content-Type': 'application/json',
          Accept: 'application/graphql-response+json, application/json',
        },
        body: JSON.stringify({ query, variables, operationName }),
      });
      const answer = await read(response);
      if (ownHeader) return answer;
      if (response.status === 401) endSession(session);
      if (operationName !== 'IntrospectionQuery') {
        onRefusal(response.status === 401 ? unauthenticated(session) : insufficientScope(answer));
        return answer;
      }
      if (response.status !== 401) return answer;
      // Where strangers may not see the schema, GraphiQL shows it as soon as somebody is signed in.
      await signedIn();
    }
  };
}

async function read(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `The server answered ${response.status}: ${text.slice(0, 200)}` }] };
  }
}

const unauthenticated = (session) => ({ code: session ? 'EXPIRED' : 'UNAUTHENTICATED', missingScopes: [] });

/** Undefined, or what the token would have needed as well. */
function insufficientScope({ errors = [] }) {
  const missing = errors
    .filter(({ extensions }) => extensions?.code === 'INSUFFICIENT_SCOPE')
    .flatMap(({ extensions }) => extensions.missingScopes ?? []);
  return missing.length > 0 ? { code: 'INSUFFICIENT_SCOPE', missingScopes: [...new Set(missing)] } : undefined;
}
