import type { TestClient } from './fixtures.ts';
import { read, type TestResponse } from './send.ts';
import type { TestServer } from './server.ts';

type Form = Record<string, string> | URLSearchParams;

export const basicOf = ({ clientId, secret }: TestClient): string => `Basic ${btoa(`${clientId}:${secret}`)}`;

/** Sends a form with the authentication of the client. A public client sends its client_id in the form. */
export async function postForm(
  server: TestServer,
  path: string,
  form: Form,
  client?: TestClient,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const body = new URLSearchParams(form);
  if (client?.secret === '') body.set('client_id', client.clientId);
  const authorization = client && client.secret !== '' ? { Authorization: basicOf(client) } : {};
  return read(await server.request(path, { method: 'POST', body, headers: { ...authorization, ...headers } }));
}

/** RFC 7009 §2.1 */
export const revoke = (server: TestServer, token: string, client?: TestClient, more: Record<string, string> = {}) =>
  postForm(server, '/oauth/revoke', { token, ...more }, client);

/** RFC 7662 §2.1 */
export const introspect = (server: TestServer, token: string, client?: TestClient, more: Record<string, string> = {}) =>
  postForm(server, '/oauth/introspect', { token, ...more }, client);

/** Registers a public client with PKCE. */
export const publicClient = (server: TestServer): Promise<TestClient> =>
  server.client({
    grantTypes: ['authorization_code', 'refresh_token'],
    tokenEndpointAuthMethod: 'none',
    requirePkce: true,
  });
