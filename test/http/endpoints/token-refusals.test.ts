import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signingClient } from '../../support/client-assertions.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const logged = (from: number) =>
  server.log
    .slice(from)
    .map((line) => JSON.parse(line))
    .filter(({ error }) => error !== undefined);

describe('an error says what is wrong', () => {
  it('a client assertion for another audience names the expected one', async () => {
    const { issuer } = server.config;
    const signing = await signingClient(server, 'RS256');
    for (const aud of [`${issuer}/oauth/token`, [issuer, `${issuer}/oauth/token`]]) {
      const form = await signing.form({ aud });
      const { status, body } = await server.token({ grant_type: 'client_credentials', ...form });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
      expect(body.error_description).toContain(`aud of the client_assertion must be ${issuer}`);
    }
  });

  it('the log has one line with error, client, route and request id; an unknown client_id is not in it', async () => {
    const client = await server.client();
    const from = server.log.length;
    const refused = await server.token({ grant_type: 'authorization_code', code: 'unknown' }, client);
    await server.token({ grant_type: 'client_credentials' }, { clientId: 'nobody', secret: 'x' });
    expect(logged(from)).toMatchObject([
      {
        level: 30,
        error: 'invalid_grant',
        client: client.clientId,
        route: '/oauth/token',
        requestId: refused.headers.get('X-Request-Id'),
      },
      { error: 'invalid_client', route: '/oauth/token' },
    ]);
    expect(logged(from)[1].client).toBeUndefined();
  });

  it('the first published key is the RS256 one', async () => {
    const { keys } = (await (await server.request('/oauth/jwks')).json()) as { keys: { alg: string }[] };
    expect(keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA']);
  });
});
