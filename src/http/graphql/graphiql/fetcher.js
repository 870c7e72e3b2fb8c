import { answersIn } from './event-stream.js';
import { operationsIn } from './operations.js';
import { currentSession, endSession, signedIn } from './session.js';

const JSON_ANSWER = 'application/graphql-response+json, application/json';

/**
 * What operations are sent with.
 * @param told confirm: asked first whether this may be sent; onRefusal: { code, missingScopes } of what the bar can help
 * with, or undefined; onSchema: what introspection has shown
 */
export function createFetcher({ confirm, onRefusal, onSchema }) {
  return async function fetcher(operation, { headers = {} } = {}) {
    if (confirm && !(await confirm(operation))) return { errors: [{ message: 'Not sent.' }] };
    const introspects = operation.operationName === 'IntrospectionQuery';
    for (;;) {
      const session = currentSession();
      const ownHeader = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
      const authorization = session && !ownHeader ? { Authorization: `Bearer ${session.token}` } : {};
      const ended = () => {
        if (!session || currentSession() !== session) return;
        endSession(session);
        onRefusal?.({ code: 'EXPIRED' });
      };
      const { status, answer } = await send(operation, { ...authorization, ...headers }, ended);
      if (introspects && answer.data?.__schema) onSchema?.(answer.data.__schema);
      if (ownHeader) return answer;
      if (status === 401) endSession(session);
      if (!introspects) {
        onRefusal?.(status === 401 ? { code: session ? 'EXPIRED' : 'UNAUTHENTICATED' } : insufficientScope(answer));
        return answer;
      }
      if (status !== 401) return answer;
      // Where strangers may not see the schema, GraphiQL shows it as soon as somebody is signed in.
      await signedIn();
    }
  };
}

/** @param ended called when events stop because the token is no longer good */
async function send({ query, variables, operationName }, headers, ended) {
  const connection = new AbortController();
  const streams = operationsIn(query).some(({ kind }) => kind === 'subscription');
  const response = await fetch('/graphql', {
    method: 'POST',
    credentials: 'omit',
    signal: connection.signal,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      Accept: streams ? `text/event-stream, ${JSON_ANSWER}` : JSON_ANSWER,
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const isStream = response.headers.get('Content-Type')?.startsWith('text/event-stream');
  return { status: response.status, answer: isStream ? answersIn(response, connection, ended) : await read(response) };
}

async function read(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `The server answered ${response.status}: ${text.slice(0, 200)}` }] };
  }
}

/** Undefined, or what the token would have needed as well. */
function insufficientScope({ errors = [] }) {
  const missing = errors
    .filter(({ extensions }) => extensions?.code === 'INSUFFICIENT_SCOPE')
    .flatMap(({ extensions }) => extensions.missingScopes ?? []);
  return missing.length > 0 ? { code: 'INSUFFICIENT_SCOPE', missingScopes: [...new Set(missing)] } : undefined;
}
