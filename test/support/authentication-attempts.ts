import { basicOf } from './client-endpoints.ts';
import type { TestClient } from './fixtures.ts';
import type { TestServer } from './server.ts';

export interface AttemptResult {
  readonly status: number;
  /** Seconds; 0 if the response has no Retry-After. */
  readonly retryAfter: number;
  readonly text: string;
}

const from = (address?: string): Record<string, string> =>
  address === undefined ? {} : { 'X-Forwarded-For': address };

async function toResult(response: Response): Promise<AttemptResult> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0);
  return { status: response.status, retryAfter, text: await response.text() };
}

/** Attempts client authentication; `address` is sent as X-Forwarded-For. */
export async function tryClient(
  server: TestServer,
  client: TestClient,
  address?: string,
  path = '/oauth/token',
): Promise<AttemptResult> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', token: 'x' });
  const headers = { Authorization: basicOf(client), ...from(address) };
  return toResult(await server.request(path, { method: 'POST', body, headers }));
}

/** Attempts to sign in with a new browser. The status is 401, 429, or 303 for success. */
export async function trySignIn(
  server: TestServer,
  username: string,
  password: string,
  address?: string,
): Promise<AttemptResult> {
  const form = await server.request('/login', { headers: from(address) });
  const [cookie = ''] = form.headers.getSetCookie();
  const csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  const headers = { Cookie: cookie.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin', ...from(address) };
  const body = new URLSearchParams({ csrf, username, password });
  return toResult(await server.request('/login', { method: 'POST', body, headers }));
}

/** Attempts the password grant. */
export async function tryPasswordGrant(
  server: TestServer,
  client: TestClient,
  username: string,
  password: string,
  address?: string,
): Promise<AttemptResult> {
  const body = new URLSearchParams({ grant_type: 'password', username, password });
  const headers = { Authorization: basicOf(client), ...from(address) };
  return toResult(await server.request('/oauth/token', { method: 'POST', body, headers }));
}

/** Runs `work` sequentially. */
export async function repeat<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < times; index++) results.push(await work(index));
  return results;
}

/** The number of results by status. */
export function statuses(results: readonly AttemptResult[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
