import { signIn } from './authorize.ts';
import type { Browser, Page } from './browser.ts';
import type { TestUser, TestUserOptions } from './fixtures.ts';
import type { TestServer } from './server.ts';

/** The name of the session cookie. The issuers of tests always have a port. */
export function sessionCookie({ config: { issuer } }: TestServer): string {
  const { protocol, port } = new URL(issuer);
  return protocol === 'https:' ? '__Host-gatehouse' : `gatehouse-${port}`;
}

/** The Cookie header of this browser, for requests sent without it. */
export const cookiesOf = (browser: Browser): string =>
  [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** A browser in which a new user has signed in. */
export async function signedIn(
  server: TestServer,
  person: TestUserOptions = {},
): Promise<{ browser: Browser; user: TestUser }> {
  const [browser, user] = [server.browser(), await server.user(person)];
  const page = await signIn(browser, await browser.get('/login'), user);
  if (!isHome(page)) throw new Error(`Not signed in: ${page.status}\n${page.html}`);
  return { browser, user };
}

/** True for the home page of a signed-in user, where a sign-in without a pending request ends. */
export const isHome = ({ url, html }: Page): boolean => new URL(url).pathname === '/' && html.includes('<h1>Hello, ');

/** The username on the home page, or undefined if nobody is signed in. */
export async function whoIs(browser: Browser): Promise<string | undefined> {
  const { html } = await browser.get('/');
  return /<h1>Hello, ([^<]*)<\/h1>/.exec(html)?.[1];
}

/** The number of sessions of a user. */
export async function sessionsOf({ database }: TestServer, user: Pick<TestUser, 'uuid'>): Promise<number> {
  const count = 'SELECT count(*)::int AS n FROM sessions WHERE user_id = ?';
  const [row] = await database.em().execute(count, [user.uuid]);
  return row?.n;
}
