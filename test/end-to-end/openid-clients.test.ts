import { Auth } from '@auth/core';
import * as strict from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestUser } from '../support/fixtures.ts';
import { approve, CALLBACK_URL, registeredApp } from '../support/real-clients.ts';
import { startRoundRobinServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startRoundRobinServer();
  user = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
});
afterAll(() => server.close());

/** These libraries are configured only with the issuer, the client_id and the client_secret. */
describe('OpenID Connect libraries, configured with the issuer only', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'openid-client signs in, reads userinfo, refreshes and revokes (%s)',
    async (alg) => {
      const { clientId, secret } = await server.client({ requirePkce: true, idTokenSignedResponseAlg: alg });
      const options = { execute: [openid.allowInsecureRequests] };
      const metadata = { client_secret: secret, id_token_signed_response_alg: alg };
      const config = await openid.discovery(new URL(server.config.issuer), clientId, metadata, undefined, options);
      const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
      const address = openid.buildAuthorizationUrl(config, {
        ...{ redirect_uri: CALLBACK_URL, scope: 'openid profile email offline_access', state, nonce, max_age: '500' },
        ...{ code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      });
      const location = await approve(server, address, user);
      const checks = {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        maxAge: 500,
        idTokenExpected: true,
      };
      const tokens = await openid.authorizationCodeGrant(config, new URL(location), checks);
      expect(tokens.claims()).toMatchObject({ sub: user.id, name: 'Ada Lovelace', email: user.email });

      const claims = await openid.fetchUserInfo(config, tokens.access_token, user.id);
      expect(claims).toMatchObject({ sub: user.id, preferred_username: user.username, email: user.email });
      const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(refreshed.claims()?.sub).toBe(user.id);
      expect(await openid.tokenIntrospection(config, refreshed.access_token)).toMatchObject({
        active: true,
        sub: user.id,
      });
      await openid.tokenRevocation(config, refreshed.refresh_token ?? '');
      expect(await openid.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false });
      await expect(openid.fetchUserInfo(config, refreshed.access_token, user.id)).rejects.toThrow();
    },
  );

  it('oauth4webapi discovers the server, signs in and verifies the ID token with the published keys', async () => {
    const { clientId, secret } = await registeredApp(server);
    const insecure = { [strict.allowInsecureRequests]: true };
    const issuer = new URL(server.config.issuer);
    for (const algorithm of ['oidc', 'oauth2'] as const) {
      const as = await strict.processDiscoveryResponse(
        issuer,
        await strict.discoveryRequest(issuer, { algorithm, ...insecure }),
      );
      const client = { client_id: clientId };
      const [verifier, nonce] = [strict.generateRandomCodeVerifier(), strict.generateRandomNonce()];
      const address = new URL(as.authorization_endpoint ?? '');
      address.search = new URLSearchParams({
        ...{
          response_type: 'code',
          client_id: clientId,
          redirect_uri: CALLBACK_URL,
          scope: 'openid',
          nonce,
          prompt: 'consent',
        },
        ...{ code_challenge: await strict.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      }).toString();
      const answer = strict.validateAuthResponse(as, client, new URL(await approve(server, address, user)));
      const auth = strict.ClientSecretBasic(secret);
      const response = await strict.authorizationCodeGrantRequest(
        as,
        client,
        auth,
        answer,
        CALLBACK_URL,
        verifier,
        insecure,
      );
      const checks = { expectedNonce: nonce, requireIdToken: true };
      const tokens = await strict.processAuthorizationCodeResponse(as, client, response, checks);
      await strict.validateApplicationLevelSignature(as, response, insecure);
      expect(strict.getValidatedIdTokenClaims(tokens)?.sub).toBe(user.id);
      const userInfo = await strict.userInfoRequest(as, client, tokens.access_token, insecure);
      expect(await strict.processUserInfoResponse(as, client, user.id, userInfo)).toEqual({ sub: user.id });
    }
  });

  it('oauth4webapi discovers the server from the API alone, knowing only /graphql', async () => {
    const insecure = { [strict.allowInsecureRequests]: true };
    const resource = new URL(`${server.config.issuer}/graphql`);
    const described = await strict.resourceDiscoveryRequest(resource, insecure);
    const metadata = await strict.processResourceDiscoveryResponse(resource, described);
    expect(metadata.authorization_servers).toEqual([server.config.issuer]);
  });

  it('@auth/core (Auth.js) signs in with issuer, id and secret only, and gets the name and the email', async () => {
    const app = 'https://client.example';
    const callback = `${app}/auth/callback/gatehouse`;
    const registration = { grantTypes: ['authorization_code'] as const, redirectUris: [callback], requirePkce: true };
    const { clientId, secret } = await server.client(registration);
    const gatehouse = { id: 'gatehouse', name: 'Gatehouse', type: 'oidc', clientId, clientSecret: secret } as const;
    const providers = [{ ...gatehouse, issuer: server.config.issuer }];
    const config = { providers, secret: 'of the app '.repeat(4), trustHost: true, basePath: '/auth' };
    const cookies = new Map<string, string>();
    const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const body = form && new URLSearchParams(form);
      const request = new Request(url, { method: body ? 'POST' : 'GET', headers: { cookie }, ...(body && { body }) });
      const response = await Auth(request, config);
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      return response;
    };

    const { csrfToken } = (await (await visit(`${app}/auth/csrf`)).json()) as { csrfToken: string };
    const leaving = await visit(`${app}/auth/signin/gatehouse`, { csrfToken });
    const location = await approve(server, leaving.headers.get('Location') ?? '', user);
    expect(location.startsWith(callback)).toBe(true);
    await visit(location);
    const session = await (await visit(`${app}/auth/session`)).json();
    expect(session).toMatchObject({ user: { name: 'Ada Lovelace', email: user.email } });
  });
});
