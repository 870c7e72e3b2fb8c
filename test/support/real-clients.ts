import { reachConsent, sentTo } from './authorize.ts';
import type { TestClient, TestUser } from './fixtures.ts';
import type { TestServer } from './server.ts';

export const CALLBACK_URL = 'https://client.example/cb';

/** A client with PKCE and no other options, as most developers register it. */
export const registeredApp = (server: TestServer): Promise<TestClient> =>
  server.client({ grantTypes: ['authorization_code', 'refresh_token'], requirePkce: true });

/** Opens the authorization URL of a library, signs in and allows the request. Returns the redirect to the client. */
export async function approve(server: TestServer, address: string | URL, user: TestUser): Promise<string> {
  const { pathname, search } = new URL(address);
  const browser = server.browser();
  const consent = await reachConsent(server, pathname + search, user, browser);
  return sentTo(await browser.submit(consent, {}, 'allow'));
}
