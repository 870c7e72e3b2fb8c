import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerClient } from '../../../src/oauth/registration/register.ts';
import { CALLBACK, codeRequest, issueCode, responseParams } from '../../support/authorize.ts';
import { type TestClient, theOperator } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { pkce } from '../../support/pkce.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const form = { grant_type: 'client_credentials' };
const byBasic = (client: TestClient) => server.token(form, client);
const inBody = ({ clientId, secret }: TestClient) =>
  server.token({ ...form, client_id: clientId, client_secret: secret });

describe('RFC 7591 §2: the registered token_endpoint_auth_method is enforced', () => {
  it('S2-12 a client_secret_basic client must send its secret in the header', async () => {
    const client = await server.client({ tokenEndpointAuthMethod: 'client_secret_basic' });
    expectTokenError(await inBody(client), 401, 'invalid_client');
    expect((await byBasic(client)).status).toBe(200);
  });

  it('S2-12 a client_secret_post client must send its secret in the body', async () => {
    const client = await server.client({ tokenEndpointAuthMethod: 'client_secret_post' });
    expectTokenError(await byBasic(client), 401, 'invalid_client');
    expect((await inBody(client)).status).toBe(200);
  });

  it('S3-02 a client without a registered method may use either (where they disagree: client authentication)', async () => {
    const client = await server.client();
    expect([(await byBasic(client)).status, (await inBody(client)).status]).toEqual([200, 200]);
  });
});

describe('RFC 6749 §2.1: a public client', () => {
  const publicClient = () =>
    server.client({
      tokenEndpointAuthMethod: 'none',
      grantTypes: ['authorization_code', 'refresh_token'],
      requirePkce: true,
    });

  it('S4-01 S2-05 a public client has no secret and uses PKCE', async () => {
    const client = await publicClient();
    expect(client.secret).toBe('');
    const { verifier, challenge } = pkce();
    const code = await issueCode(server, client, { code_challenge: challenge, code_challenge_method: 'S256' });
    const exchange = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id: client.clientId };
    expectTokenError(await server.token(exchange), 400, 'invalid_grant');
    expectTokenError(await server.token({ ...exchange, code_verifier: pkce().verifier }), 400, 'invalid_grant');
    expectTokenError(
      await server.token({ ...exchange, code_verifier: verifier, client_secret: 'x' }),
      401,
      'invalid_client',
    );
    expect((await server.token({ ...exchange, code_verifier: verifier })).status).toBe(200);
  });

  it('S2-12 a public client gets no code without an S256 challenge, and cannot be registered without PKCE', async () => {
    const client = await publicClient();
    const { verifier } = pkce();
    for (const query of [
      {},
      { code_challenge: verifier },
      { code_challenge: verifier, code_challenge_method: 'plain' },
    ]) {
      const { status, headers } = await server.request(codeRequest(client, query));
      expect(status).toBe(303);
      expect(responseParams(headers.get('Location') ?? '')).toMatchObject({ error: 'invalid_request' });
    }
    const careless = {
      tokenEndpointAuthMethod: 'none',
      grantTypes: ['authorization_code'],
      requirePkce: false,
    } as const;
    await expect(server.client(careless)).rejects.toThrow('A public client must use PKCE');
  });

  it('S4-01 a public client cannot use the client_credentials grant', async () => {
    const client = await publicClient();
    expectTokenError(await server.token({ ...form, client_id: client.clientId }), 400, 'unauthorized_client');
  });
});

describe('Where they disagree: `state`, PKCE', () => {
  it('a client must use PKCE unless it was registered with `requirePkce` off', async () => {
    const strict = await server.client({ requirePkce: true });
    const { headers } = await server.request(codeRequest(strict));
    expect(responseParams(headers.get('Location') ?? '')).toMatchObject({ error: 'invalid_request' });
    const loose = await server.client({ requirePkce: false });
    expect((await server.request(codeRequest(loose))).headers.get('Location')).toMatch(/^\/login\?request=/);
    const input = { name: 'New', grantTypes: ['authorization_code'], redirectUris: [CALLBACK] } as const;
    const { client } = await registerClient(server.database.em(), theOperator(), input);
    expect(client.requirePkce).toBe(true);
  });

  it.each(['', 'plain', 'a b+c%2B&d=e;f', '"><script>🙂', 'x'.repeat(2048)])(
    '`state` is returned unchanged: %j',
    async (state) => {
      const client = await server.client({ requirePkce: true });
      const { headers } = await server.request(codeRequest(client, { state }));
      const response = responseParams(headers.get('Location') ?? '');
      expect(response.state).toBe(state === '' ? undefined : state);
      expect(response.error).toBe('invalid_request');
    },
  );
});
