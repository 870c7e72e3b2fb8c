import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow, CALLBACK, codeRequest, responseParams } from '../../support/authorize.ts';
import { unique } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { exchange } from '../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

describe('RFC 6749 §3.3: scopes at the authorization endpoint', () => {
  it('A7: drops the scopes that the client may not have, and the token response has the rest', async () => {
    const client = await server.client({ scope: 'openid profile read' });
    const { scopes_supported: all } = (await (await server.request('/.well-known/openid-configuration')).json()) as {
      scopes_supported: string[];
    };
    const path = codeRequest(client, { scope: [...all, 'unknown'].join(' ') });
    const { code = '' } = responseParams(await allow(server, path, await server.user()));
    const { status, body } = await server.token({ ...exchange(code), redirect_uri: CALLBACK }, client);
    expect([status, body.scope]).toEqual([200, 'openid profile read']);
  });

  it('A7: logs each dropped scope once per client', async () => {
    const [one, other] = [await server.client({ scope: 'read' }), await server.client({ scope: 'read' })];
    const scope = unique('scope');
    for (const client of [one, one, other]) await server.request(codeRequest(client, { scope: `read ${scope}` }));
    const lines = server.log.map((line) => JSON.parse(line)).filter((line) => line.scope === scope);
    expect(lines.map(({ client, level }) => [client, level])).toEqual([
      [one.clientId, 30],
      [other.clientId, 30],
    ]);
  });
});
