import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectTokenError } from '../../../support/invariants.ts';
import { expectNothingWritten } from '../../../support/refusals.ts';
import type { TestResponse } from '../../../support/send.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const refuse = (status: number, error: string, work: () => Promise<TestResponse>) =>
  expectNothingWritten(server, async () => expectTokenError(await work(), status, error));

describe('RFC 6749 §5.2: unauthorized_client and invalid_scope', () => {
  const with_ = (grant: string, more = {}) => new URLSearchParams({ grant_type: grant, ...more });
  const USER = { username: 'nobody', password: 'whatever' };

  it('E86: a public client cannot use client_credentials', async () => {
    const { clientId } = await server.client({
      tokenEndpointAuthMethod: 'none',
      requirePkce: true,
      grantTypes: ['authorization_code'],
    });
    await refuse(400, 'unauthorized_client', () => server.token(with_('client_credentials', { client_id: clientId })));
    await expect(
      server.client({ tokenEndpointAuthMethod: 'none', requirePkce: true, grantTypes: ['client_credentials'] }),
    ).rejects.toThrow(/secret/);
  });

  it('a public client cannot use the password grant, not even one that was registered for it', async () => {
    const user = await server.user();
    const metadata = { tokenEndpointAuthMethod: 'none', requirePkce: true } as const;
    await expect(server.client({ ...metadata, grantTypes: ['authorization_code', 'password'] })).rejects.toThrow(
      /password and client_credentials need a client that authenticates/,
    );
    const { clientId } = await server.client({ ...metadata, grantTypes: ['authorization_code'] });
    const grants = "UPDATE clients SET grant_types = '{authorization_code,password}' WHERE client_id = ?";
    await server.database.em().execute(grants, [clientId]);
    const form = with_('password', { username: user.username, password: user.password, client_id: clientId });
    await refuse(400, 'unauthorized_client', () => server.token(form));
  });

  it.each(['write', 'unknown', 'read write', 'rea', '"', 'read\0', 'é', 'x'.repeat(9000)])(
    'E88: the scope %j is invalid_scope',
    async (scope) => {
      const modest = await server.client({ scope: 'read profile' });
      await refuse(400, 'invalid_scope', () => server.token(with_('client_credentials', { scope }), modest));
      await refuse(400, 'invalid_scope', () => server.token(with_('password', { ...USER, scope }), modest));
    },
  );

  it('E89, E74: a grant type that the client is not registered for is unauthorized_client', async () => {
    const service = await server.client({ grantTypes: ['client_credentials'] });
    for (const [grant, more] of [
      ['password', USER],
      ['authorization_code', { code: 'x' }],
      ['refresh_token', {}],
    ] as const)
      await refuse(400, 'unauthorized_client', () => server.token(with_(grant, more), service));
    const site = await server.client({ grantTypes: ['authorization_code'] });
    for (const grant of ['client_credentials', 'password', 'refresh_token'])
      await refuse(400, 'unauthorized_client', () => server.token(with_(grant), site));
  });
});

describe('RFC 6749 §5.2: error_description', () => {
  it('E95: the error_description is short, has only allowed characters and reveals no internals', async () => {
    const { clientId, secret } = await server.client({ scope: 'read' });
    const usual = {
      client_id: clientId,
      client_secret: secret,
      username: 'nobody',
      password: 'x'.repeat(1025),
      code: 'x',
      refresh_token: 'x',
    };
    const values = [
      '<script>alert(1)</script>',
      "'`--;",
      'x'.repeat(5000),
      '{"a":1}',
      'a\\b',
      'é"\n',
      '%25',
      '{{7*7}}',
      'g\0',
    ];
    for (const value of values)
      for (const name of [
        'grant_type',
        'scope',
        'username',
        'password',
        'code',
        'refresh_token',
        'redirect_uri',
        'client_id',
      ])
        for (const grant_type of ['password', 'authorization_code', 'refresh_token', 'client_credentials']) {
          // The log of a refusal quotes a value that is no secret, so secrets differ from the other values.
          const sent = /^(password|code|refresh_token)$/.test(name) ? `${value} as a ${name}` : value;
          const { status, headers, body } = await server.token({ ...usual, grant_type, [name]: sent });
          if (status === 200) continue;
          expectTokenError({ status, headers, body }, status, body.error);
          expect(body.error_description.length).toBeLessThan(300);
        }
  });
});
