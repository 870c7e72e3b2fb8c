import { expect } from 'vitest';
import type { Browser, Page } from './browser.ts';
import type { TestClient, TestUser } from './fixtures.ts';
import type { TestServer } from './server.ts';

type Query = Record<string, string | undefined>;

/** RFC 6749 §4.1.1: the link on which a client sends a browser here; what is undefined is left out. */
export function authorizePath(query: Query): string {
  const told = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/oauth/authorize?${new URLSearchParams(told)}`;
}

export const CALLBACK = 'https://client.example/cb';

/** A client's usual request for a code; `query` changes it. */
export const codeRequest = ({ clientId }: TestClient, query: Query = {}): string =>
  authorizePath({ response_type: 'code', client_id: clientId, redirect_uri: CALLBACK, ...query });

type Credentials = Pick<TestUser, 'username' | 'password'>;

/** Fills in the sign-in page at which a link has ended. */
export function signIn(browser: Browser, page: Page, { username, password }: Credentials): Promise<Page> {
  return browser.submit(page, { username, password });
}

/** Opens the link in a fresh browser, signs in: the consent page. */
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

/** Opens the link, signs in and allows everything, if there is anything left to ask: where the browser is sent. */
export async function allow(
  server: TestServer,
  path: string,
  user: Credentials,
  browser = server.browser(),
): Promise<string> {
  const page = await signIn(browser, await browser.get(path), user);
  return sentTo(page.location === undefined ? await browser.submit(page, {}, 'allow') : page);
}

/** The address of a redirect that leaves this server. */
export function sentTo(page: Page): string {
  if (page.location === undefined) throw new Error(`Not sent anywhere: ${page.status} at ${page.url}\n${page.html}`);
  return page.location;
}

/** The parameters of such an address, in its query or in its fragment. */
export function responseParams(location: string, part: 'search' | 'hash' = 'search'): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URL(location)[part].slice(1)));
}

/** A code that `user` has allowed to `client`. */
export async function issueCode(
  server: TestServer,
  client: TestClient,
  query: Query = {},
  person?: Credentials,
): Promise<string> {
  const user = person ?? (await server.user());
  const { code } = responseParams(await allow(server, codeRequest(client, query), user));
  if (code === undefined) throw new Error('No code');
  return code;
}
