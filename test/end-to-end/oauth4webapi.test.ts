import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRoundRobinServer, type TestServer } from '../support/server.ts';

const REDIRECT_URI = 'https://client.example/cb';

/** oauth4webapi validates every response strictly, so that others accept what it accepts. */
describe('oauth4webapi accepts the responses', () => {
  let server: TestServer;
  let as: oauth.AuthorizationServer;
  beforeAll(async () => {
    server = await startRoundRobinServer();
    const { issuer } = server.config;
    as = {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      authorization_response_iss_parameter_supported: true,
    };
  });
  afterAll(() => server.close());

  /** The fetch of the library, redirected to the port of the test server. */
  const options = () => ({
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (
      url: string,
      { method, headers, body }: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
    ) => server.request(new URL(url).pathname, { method, headers, ...(body ? { body } : {}) }),
  });

  it('RFC 6749 §4.1, RFC 7636, RFC 9207, §6: the code flow with PKCE, state and iss succeeds, and so does a refresh', async () => {
    const { clientId, secret } = await server.client({ requirePkce: true });
    const person = await server.user();
    const client = { client_id: clientId };
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: clientId, redirect_uri: REDIRECT_URI, scope: 'read profile', state },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    });

    const browser = server.browser();
    const login = await browser.get(`/oauth/authorize?${query}`);
    const consent = await browser.submit(login, { username: person.username, password: person.password });
    const { location = '' } = await browser.submit(consent, {}, 'allow');

    const answer = oauth.validateAuthResponse(as, client, new URL(location), state);
    const auth = oauth.ClientSecretBasic(secret);
    const exchange = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      answer,
      REDIRECT_URI,
      verifier,
      options(),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, exchange);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read profile', expires_in: 3600 });

    const refresh = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', options());
    const refreshed = await oauth.processRefreshTokenResponse(as, client, refresh);
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect((await server.graphql('{ viewer { username } }', refreshed.access_token)).body.data.viewer.username).toBe(
      person.username,
    );
  });

  it('RFC 6749 §4.4: client_credentials succeeds with client authentication in the body', async () => {
    const { clientId, secret } = await server.client();
    const client = { client_id: clientId };
    const auth = oauth.ClientSecretPost(secret);
    const request = await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'read' }, options());
    const tokens = await oauth.processClientCredentialsResponse(as, client, request);
    expect(tokens).toMatchObject({ scope: 'read' });
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  it('RFC 6749 §4.1.2.1: the library understands an authorization error', async () => {
    const { clientId } = await server.client();
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      scope: 'none',
      state: 's',
    });
    const { location = '' } = await server.browser().get(`/oauth/authorize?${query}`);
    expect(() => oauth.validateAuthResponse(as, { client_id: clientId }, new URL(location), 's')).toThrow(
      /authorization response/i,
    );
  });

  it('RFC 6749 §5.2: the library understands the error for a wrong secret', async () => {
    const { clientId } = await server.client();
    const client = { client_id: clientId };
    const auth = oauth.ClientSecretBasic('not the secret');
    const request = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, options());
    await expect(oauth.processClientCredentialsResponse(as, client, request)).rejects.toMatchObject({
      status: 401,
    });
  });
});
