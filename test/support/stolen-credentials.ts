import { read, type TestResponse } from './send.ts';
import type { TestServer } from './server.ts';

/** Sends a request with a value from the database, without registering the value as a secret that must not be there. */
export async function present(
  { url }: TestServer,
  path: string,
  form: Record<string, string> | undefined,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const body = form && new URLSearchParams(form);
  const method = body ? 'POST' : 'GET';
  return read(await fetch(url + path, { method, headers, redirect: 'manual', ...(body && { body }) }));
}

/** Sends a value from the database to /graphql as a bearer token. Returns the status. */
export async function presentBearer({ url }: TestServer, token: string): Promise<number> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query: '{ viewer { sub } }' });
  return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).status;
}
