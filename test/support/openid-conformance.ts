import { codeRequest, issueCode, reachConsent, responseParams, sentTo } from './authorize.ts';
import type { Browser, Page } from './browser.ts';
import type { TestClient, TestUser } from './fixtures.ts';
import { verifyIdToken } from './id-tokens.ts';
import { read } from './send.ts';
import { startServer, type TestServer } from './server.ts';
import { exchange } from './token-forms.ts';

/** The OpenID Foundation's modules for the profiles Basic OP and Config OP that test tokens and responses. */
export const TOKEN_MODULES = [
  'oidcc-server',
  'oidcc-server-client-secret-post',
  'oidcc-idtoken-signature',
  'oidcc-idtoken-unsigned',
  'oidcc-userinfo-get',
  'oidcc-userinfo-post-header',
  'oidcc-userinfo-post-body',
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
  'oidcc-scope-profile',
  'oidcc-scope-email',
  'oidcc-scope-address',
  'oidcc-scope-phone',
  'oidcc-scope-all',
  'oidcc-ensure-other-scope-order-succeeds',
  'oidcc-codereuse',
  'oidcc-codereuse-30seconds',
  'oidcc-claims-essential',
  'oidcc-refresh-token',
  'oidcc-ensure-request-with-valid-pkce-succeeds',
  'oidcc-discovery-endpoint-verification',
] as const;

/** The modules that test authorization requests. */
export const REQUEST_MODULES = [
  'oidcc-response-type-missing',
  'oidcc-display-page',
  'oidcc-display-popup',
  'oidcc-prompt-login',
  'oidcc-prompt-none-not-logged-in',
  'oidcc-prompt-none-logged-in',
  'oidcc-max-age-1',
  'oidcc-max-age-10000',
  'oidcc-ensure-request-with-unknown-parameter-succeeds',
  'oidcc-id-token-hint',
  'oidcc-login-hint',
  'oidcc-ui-locales',
  'oidcc-claims-locales',
  'oidcc-ensure-request-with-acr-values-succeeds',
  'oidcc-ensure-registered-redirect-uri',
  'oidcc-ensure-post-request-succeeds',
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
  'oidcc-ensure-request-object-with-redirect-uri',
] as const;

/** The implementation of each module. A missing module does not compile. */
export type Modules<Names extends readonly string[]> = Record<Names[number], () => Promise<unknown>>;

type Query = Record<string, string | undefined>;

/** Starts a server with a client and a user, and returns the steps that the modules share. */
export async function startConformance() {
  const server: TestServer = await startServer();
  const client: TestClient = await server.client({ tokenEndpointAuthMethod: 'client_secret_basic' });
  const user: TestUser = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });

  const link = (query: Query = {}): string =>
    codeRequest(client, { scope: 'openid', state: 's', nonce: 'n', ...query });
  const tokensFor = async (query: Query = {}) => {
    const code = await issueCode(server, client, { scope: 'openid', nonce: 'n', ...query }, user);
    return (await server.token(exchange(code), client)).body;
  };
  const claimsOf = async (idToken: string) => (await verifyIdToken(server, client, idToken)).claims;
  return {
    server,
    client,
    user,
    link,
    tokensFor,
    claimsFor: async (query: Query = {}) => claimsOf((await tokensFor(query)).id_token),
    /** The claims of the ID token for the code in the redirect of `page`. */
    async claimsAt(page: Page) {
      const { body } = await server.token(exchange(responseParams(sentTo(page)).code ?? ''), client);
      return claimsOf(body.id_token);
    },
    userInfo: async (init: RequestInit) => (await read(await server.request('/oauth/userinfo', init))).body,
    metadata: async () => (await read(await server.request('/.well-known/openid-configuration'))).body,
    /** A browser in which the user is signed in and has granted `openid` to the client. */
    async signedIn(): Promise<Browser> {
      const browser = server.browser();
      const consent = await reachConsent(server, link({ prompt: 'consent' }), user, browser);
      await browser.submit(consent, {}, 'allow');
      return browser;
    },
  };
}

export type Conformance = Awaited<ReturnType<typeof startConformance>>;

export const bearer = (token: string): RequestInit => ({ headers: { Authorization: `Bearer ${token}` } });
