import type { Workload } from './drive.ts';
import { basic, postForm } from './http.ts';

/** An endpoint of an authorization server, and the client that calls it. */
export interface Endpoint {
  readonly path: string;
  readonly clientId: string;
  readonly secret: string;
  /** `Host` header; `localhost` if left out. */
  readonly host?: string;
}

export const CALLBACK = 'https://client.example/cb';

export const form = ({ path, clientId, secret, host }: Endpoint, fields: Record<string, string>): string =>
  postForm(path, fields, { ...(host !== undefined && { Host: host }), ...basic(clientId, secret) });

/** Undefined if this is not a valid token response (RFC 6749 §5.1). */
export function tokensIn(status: number, body: string): { access: string; refresh: string | undefined } | undefined {
  if (status !== 200) return undefined;
  const { access_token: access, token_type: type, expires_in: seconds, refresh_token: refresh } = JSON.parse(body);
  if (typeof access !== 'string' || access.length < 10 || !/^bearer$/i.test(type) || !(seconds > 0)) return undefined;
  return { access, refresh: typeof refresh === 'string' ? refresh : undefined };
}

/** RFC 6749 §4.4. Each response must have a new token. */
export function clientCredentials(endpoint: Endpoint): Workload {
  const request = form(endpoint, { grant_type: 'client_credentials', scope: 'read' });
  const last: (string | undefined)[] = [];
  return {
    next: () => request,
    accepts(connection, status, body) {
      const before = last[connection];
      last[connection] = tokensIn(status, body)?.access;
      return last[connection] !== undefined && last[connection] !== before;
    },
  };
}

/** RFC 6749 §6. Each connection has its own token family and uses each refresh token once. */
export function refreshes(endpoint: Endpoint, first: readonly string[]): Workload {
  const tokens: (string | undefined)[] = [...first];
  return {
    next(connection) {
      const token = tokens[connection];
      if (token === undefined) return undefined;
      return form(endpoint, { grant_type: 'refresh_token', refresh_token: token });
    },
    accepts(connection, status, body) {
      const before = tokens[connection];
      tokens[connection] = tokensIn(status, body)?.refresh;
      return tokens[connection] !== undefined && tokens[connection] !== before;
    },
  };
}

/** RFC 6749 §4.1.3. Each code is used once. */
export function codeExchanges(endpoint: Endpoint, codes: readonly string[]): Workload {
  const requests = codes.map((code) =>
    form(endpoint, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK }),
  );
  return {
    next: () => requests.pop(),
    accepts: (_connection, status, body) => tokensIn(status, body)?.refresh !== undefined,
  };
}

/** RFC 7662. Active tokens in turn, and an unknown token in every twentieth request. */
export function introspections(endpoint: Endpoint, active: readonly string[], unknown: string): Workload {
  const requests = active.map((token) => form(endpoint, { token }));
  const unknownRequest = form(endpoint, { token: unknown });
  const expectActive: boolean[] = [];
  let count = 0;
  return {
    next(connection) {
      expectActive[connection] = ++count % 20 !== 0;
      return expectActive[connection] ? requests[count % requests.length] : unknownRequest;
    },
    accepts: (connection, status, body) => status === 200 && JSON.parse(body).active === expectActive[connection],
  };
}

/** The password grant (RFC 6749 §4.3) with correct passwords. */
export function passwordGrants(endpoint: Endpoint, users: readonly { username: string; password: string }[]): Workload {
  const requests = users.map((user) =>
    form(endpoint, { grant_type: 'password', scope: 'profile read groups', ...user }),
  );
  let count = 0;
  return {
    next: () => requests[++count % requests.length],
    accepts: (_connection, status, body) => tokensIn(status, body) !== undefined,
  };
}
