import { expect } from 'vitest';
import { responseParams } from './authorize.ts';
import { expectCleanResponse } from './invariants.ts';
import type { TestServer } from './server.ts';

/** Checks an error page: no redirect and no link to another site. Returns the page. */
export async function expectErrorPage(response: Response, status = 400): Promise<string> {
  const html = await response.text();
  expectCleanResponse(response, html);
  expect(response.status).toBe(status);
  expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(response.headers.get('Location')).toBeNull();
  expect(response.headers.get('Set-Cookie')).toBeNull();
  expect(html).not.toMatch(/<script|<meta http-equiv|href="(?!\/)/i);
  return html;
}

/** Expected properties of an error redirect, besides `error`. */
export interface RedirectExpectations {
  readonly redirectUri?: string;
  readonly state?: string;
  readonly part?: 'search' | 'hash';
}

/** RFC 6749 §4.1.2.1: checks an error redirect to the client: target, parameters and headers. */
export async function expectErrorRedirect(
  { config }: TestServer,
  response: Response,
  error: string,
  { redirectUri = 'https://client.example/cb', state, part = 'search' }: RedirectExpectations = {},
): Promise<void> {
  expectCleanResponse(response, await expectEmpty(response));
  expect(response.status).toBe(303);
  const location = response.headers.get('Location') ?? '';
  expect(location.startsWith(redirectUri + (part === 'hash' ? '#' : redirectUri.includes('?') ? '&' : '?'))).toBe(true);
  expect(responseParams(location, part)).toEqual({
    ...(part === 'search' ? responseParams(redirectUri) : {}),
    error,
    error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
    iss: config.issuer,
    ...(state === undefined ? {} : { state }),
  });
  expectConfidential(response);
  expect(response.headers.get('Set-Cookie')).toBeNull();
}

/** RFC 9700 §4.2: checks that a redirect is not cached and sends no Referer. */
export function expectConfidential({ headers }: Pick<Response, 'headers'>): void {
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(headers.get('Referrer-Policy')).toBe('no-referrer');
}

async function expectEmpty(response: Response): Promise<string> {
  const body = await response.text();
  expect(body).toBe('');
  return body;
}

/** All tables that a request can write to, except the audit trail, which records refusals as well. */
const TABLES = [
  ...['users', 'sessions', 'clients', 'client_secrets', 'consents', 'authorization_requests', 'authorizations'],
  ...['authorization_codes', 'access_tokens', 'refresh_tokens'],
];

/** The number of rows of each table. A refused request must not change it. */
export async function countRows({ database }: TestServer): Promise<Record<string, number>> {
  const counts = TABLES.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
  const [row] = await database.em().execute<Record<string, number>[]>(`SELECT ${counts.join(', ')}`);
  return row ?? {};
}

/** Checks that `work` does not change the number of rows of any table. */
export async function expectNothingWritten<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  const before = await countRows(server);
  const result = await work();
  expect(await countRows(server)).toEqual(before);
  return result;
}
