import { Browser } from '../../test/support/browser.ts';
import { send } from '../../test/support/send.ts';
import type { Workload } from './drive.ts';
import { get } from './http.ts';
import { CALLBACK, type Endpoint, form, tokensIn } from './oauth-workloads.ts';

export const ORIGIN = 'http://localhost';

/** A test browser on the first of these ports. */
export const browserAt = (ports: readonly number[]): Browser =>
  new Browser(ORIGIN, (path, init) => send(`http://127.0.0.1:${ports[0]}`, 'localhost', path, init));

/** The `Cookie` header that this browser sends. */
export const cookiesOf = ({ cookies }: Browser): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

const authorize = (clientId: string): string =>
  `/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: CALLBACK, state: 'bench' })}`;

/** Signs in each user with a separate browser, grants consent to the client, and returns the browsers' `Cookie` headers. */
export async function signedIn(
  ports: readonly number[],
  { clientId }: { readonly clientId: string },
  usernames: readonly string[],
  password: string,
): Promise<string[]> {
  const cookies: string[] = [];
  for (const username of usernames) {
    const browser = browserAt(ports);
    const page = await browser.submit(await browser.get(authorize(clientId)), { username, password });
    // There is no consent page if this user has already given consent.
    if (page.location === undefined) await browser.submit(page, {}, 'allow');
    cookies.push(cookiesOf(browser));
  }
  return cookies;
}

/** The whole of RFC 6749 §4.1: a signed-in browser is redirected with a code, and the client exchanges the code. */
export function codeFlows(endpoint: Endpoint, cookies: readonly string[]): Workload {
  const requests = cookies.map((Cookie) => get(authorize(endpoint.clientId), { Cookie, Accept: 'text/html' }));
  const exchanging: boolean[] = [];
  return {
    next: (connection) => requests[connection % requests.length],
    follow(connection, response) {
      const code = exchanging[connection]
        ? undefined
        : /^HTTP\/1\.1 303 .*\r\nlocation: https:\/\/client\.example\/cb\?\S*\bcode=([\w-]+)/is.exec(response)?.[1];
      exchanging[connection] = code !== undefined;
      if (code === undefined) return undefined;
      return form(endpoint, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
    },
    accepts: (_connection, status, body) => tokensIn(status, body)?.refresh !== undefined,
  };
}
