import { OAuth2Client } from '@badgateway/oauth2-client';
import OAuth2Strategy from 'passport-oauth2';
import { AuthorizationCode, ClientCredentials, ResourceOwnerPassword } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestUser } from '../support/fixtures.ts';
import { approve, CALLBACK_URL, registeredApp } from '../support/real-clients.ts';
import { startRoundRobinServer, type TestServer } from '../support/server.ts';
import { bearerStatus } from '../support/token-forms.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startRoundRobinServer();
  user = await server.user();
});
afterAll(() => server.close());

const who = async (accessToken: string) =>
  (await server.graphql('{ viewer { username } }', accessToken)).body.data.viewer.username;

describe('passport-oauth2', () => {
  /** Runs a passport strategy with one request and returns its result. */
  function authenticate(strategy: OAuth2Strategy, request: object): Promise<{ redirect?: string; user?: unknown }> {
    return new Promise((resolve, reject) => {
      const attempt = Object.assign(Object.create(strategy) as OAuth2Strategy, {
        redirect: (redirect: string) => resolve({ redirect }),
        success: (found: unknown) => resolve({ user: found }),
        fail: (challenge: unknown) => reject(new Error(`failed: ${JSON.stringify(challenge)}`)),
        error: reject,
      });
      attempt.authenticate(request as Parameters<OAuth2Strategy['authenticate']>[0], {});
    });
  }

  it('the library signs a user in with PKCE and state and receives the tokens', async () => {
    const { clientId: clientID, secret: clientSecret } = await registeredApp(server);
    const { issuer } = server.config;
    const strategy = new OAuth2Strategy(
      {
        ...{ authorizationURL: `${issuer}/oauth/authorize`, tokenURL: `${issuer}/oauth/token` },
        ...{ clientID, clientSecret, callbackURL: CALLBACK_URL, scope: ['profile'], pkce: true, state: true },
      },
      (accessToken: string, refreshToken: string, _profile: unknown, done: (error: null, user: unknown) => void) =>
        done(null, { accessToken, refreshToken }),
    );
    const session = {};
    const { redirect = '' } = await authenticate(strategy, { session, query: {} });
    const location = new URL(await approve(server, redirect, user));
    const query = Object.fromEntries(location.searchParams);
    const signedIn = await authenticate(strategy, { session, query, url: location.href });
    const { accessToken, refreshToken } = signedIn.user as Record<string, string>;
    expect(await who(accessToken ?? '')).toBe(user.username);
    expect(refreshToken).toMatch(/^grt_/);
    await expect(authenticate(strategy, { session, query, url: location.href })).rejects.toThrow();
  });
});

describe('simple-oauth2', () => {
  const settings = (client: { clientId: string; secret: string }) => ({
    client: { id: client.clientId, secret: client.secret },
    auth: {
      ...{ tokenHost: server.config.issuer, tokenPath: '/oauth/token', revokePath: '/oauth/revoke' },
    },
  });

  it('the library exchanges a code, refreshes and revokes', async () => {
    const { client, auth } = settings(await server.client());
    const app = new AuthorizationCode({ client, auth: { ...auth, authorizePath: '/oauth/authorize' } });
    const address = app.authorizeURL({ redirect_uri: CALLBACK_URL, scope: 'profile read', state: 's' });
    const code = new URL(await approve(server, address, user)).searchParams.get('code') ?? '';
    const tokens = await app.getToken({ code, redirect_uri: CALLBACK_URL });
    expect(await who(String(tokens.token.access_token))).toBe(user.username);
    expect(tokens.expired()).toBe(false);
    const refreshed = await tokens.refresh();
    expect(await who(String(refreshed.token.access_token))).toBe(user.username);
    await refreshed.revokeAll();
    expect(await bearerStatus(server, String(refreshed.token.access_token))).toBe(401);
    await expect(app.getToken({ code, redirect_uri: CALLBACK_URL })).rejects.toMatchObject({
      data: { payload: { error: 'invalid_grant' } },
    });
  });

  it('the library gets tokens by client_credentials and by password', async () => {
    const client = await server.client();
    const service = await new ClientCredentials(settings(client)).getToken({ scope: 'read' });
    expect(service.token).toMatchObject({ token_type: 'Bearer', scope: 'read' });
    const { username, password } = user;
    const person = await new ResourceOwnerPassword(settings(client)).getToken({ username, password, scope: 'profile' });
    expect(await who(String(person.token.access_token))).toBe(user.username);
  });
});

describe('@badgateway/oauth2-client', () => {
  it('the library discovers the endpoints, signs in with PKCE, refreshes, introspects and revokes', async () => {
    const { clientId, secret: clientSecret } = await registeredApp(server);
    const client = new OAuth2Client({ server: server.config.issuer, clientId, clientSecret });
    const codeVerifier = "a verifier of one's own".replaceAll(/[^a-z]/g, '-').repeat(3);
    const request = { redirectUri: CALLBACK_URL, state: 's', codeVerifier };
    const address = await client.authorizationCode.getAuthorizeUri({ ...request, scope: ['profile'] });
    const location = await approve(server, address, user);
    const tokens = await client.authorizationCode.getTokenFromCodeRedirect(location, request);
    expect(await who(tokens.accessToken)).toBe(user.username);
    const refreshed = await client.refreshToken(tokens);
    expect(await client.introspect(refreshed)).toMatchObject({ active: true, username: user.username });
    await client.revoke(refreshed, 'refresh_token');
    expect(await client.introspect(refreshed)).toEqual({ active: false });
  });
});
