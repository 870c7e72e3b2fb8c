import { expect } from 'vitest';
import type { Browser, Page } from './browser.ts';
import type { TestClient, TestUser } from './fixtures.ts';
import type { TestServer } from './server.ts';

type Query = Record<string, string | undefined>;

/** RFC 6749 §4.1.1: the path of an authorization request. Undefined parameters are left out. */
export function authorizePath(query: Query): string {
  const parameters = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/oauth/authorize?${new URLSearchParams(parameters)}`;
}

export const CALLBACK = 'https://client.example/cb';

/** A client's usual authorization request, with the parameters of `query` added or replaced. */
export const codeRequest = ({ clientId }: TestClient, query: Query = {}): string =>
  authorizePath({ response_type: 'code', client_id: clientId, redirect_uri: CALLBACK, ...query });

type Credentials = Pick<TestUser, 'username' | 'password'>;

/** Fills in and sends the sign-in form. */
export function signIn(browser: Browser, page: Page, { username, password }: Credentials): Promise<Page> {
  return browser.submit(page, { username, password });
}

/** Opens the path and signs in. Returns the consent page. */
export async function reachConsent(
  server: TestServer,
  path: string,
  user: Credentials,
  browser = server.browser(),
): Promise<Page> {
  const page = await signIn(browser, await browser.get(path), user);
  expect(page.html).toContain('name="decision" value="allow"');
  return page;
}

/** Opens the path, signs in and allows everything that is requested. Returns the redirect URI with its parameters. */
export async function allow(
  server: TestServer,
  path: string,
  user: Credentials,
  browser = server.browser(),
): Promise<string> {
  const page = await signIn(browser, await browser.get(path), user);
  return sentTo(page.location === undefined ? await browser.submit(page, {}, 'allow') : page);
}

/** The target of a redirect that leaves this server. */
export function sentTo(page: Page): string {
  if (page.location === undefined) throw new Error(`No redirect: ${page.status} at ${page.url}\n${page.html}`);
  return page.location;
}

/** The parameters of a redirect to a client, in the query or in the fragment. */
export function responseParams(location: string, part: 'search' | 'hash' = 'search'): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URL(location)[part].slice(1)));
}

/** Issues a code to `client` with the consent of `given`, or of a new user. */
export async function issueCode(
  server: TestServer,
  client: TestClient,
  query: Query = {},
  given?: Credentials,
): Promise<string> {
  const user = given ?? (await server.user());
  const { code } = responseParams(await allow(server, codeRequest(client, query), user));
  if (code === undefined) throw new Error('No code');
  return code;
}
