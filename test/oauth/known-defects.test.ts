import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, codeRequest, issueCode } from '../support/authorize.ts';
import { unique } from '../support/fixtures.ts';
import { expectTokenError } from '../support/invariants.ts';
import { expectErrorPage, expectNothingWritten } from '../support/refusals.ts';
import { read } from '../support/send.ts';
import { sharedServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

describe('Defects of other servers', () => {
  it('S3-12 the redirect_uri is compared with the URIs of the requesting client only', async () => {
    const [one, other] = [await server.client(), await server.client({ redirectUris: ['https://other.example/cb'] })];
    for (const redirect_uri of ['https://other.example/cb', 'https://nobody.example/', `${CALLBACK}?x=1`])
      await expectNothingWritten(server, async () =>
        expectErrorPage(await server.request(codeRequest(one, { redirect_uri }))),
      );
    await expectErrorPage(await server.request(codeRequest(other)));
  });

  it('S3-12 a code is bound to its client, even if both clients have the same redirect URI', async () => {
    const [one, other] = [await server.client(), await server.client()];
    const code = await issueCode(server, one);
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
    await expectNothingWritten(server, async () =>
      expectTokenError(await server.token(form, other), 400, 'invalid_grant'),
    );
    expect((await server.token(form, one)).status).toBe(200);
  });

  it('S3-12 Basic credentials are split at the first colon', async () => {
    const secrets = [
      'pass: word with a colon and a blank',
      'a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p:q:r:s',
      ':starts with a colon, 32 chars long',
      'ends with a colon and is 32 long:',
    ];
    for (const secret of secrets) {
      const client = await server.client({}, { clientId: unique('imported'), secret });
      expect((await server.token({ grant_type: 'client_credentials' }, client)).status).toBe(200);
      const cut = { ...client, secret: secret.split(': ')[0]?.slice(0, -1) ?? '' };
      const { status } = await server.token({ grant_type: 'client_credentials' }, cut);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });

  it('S3-12 bearer tokens in the query string or in a form are ignored', async () => {
    const token = await server.accessToken({ scopes: ['read', 'profile'] });
    const body = JSON.stringify({ query: '{ viewer { username } }' });
    const json = { 'Content-Type': 'application/json' };
    const inQuery = await read(
      await server.request(`/graphql?access_token=${token}`, { method: 'POST', body, headers: json }),
    );
    const form = new URLSearchParams({ access_token: token, query: '{ viewer { username } }' });
    const inForm = await read(await server.request('/graphql', { method: 'POST', body: form }));
    const inJson = await read(
      await server.request('/graphql', {
        method: 'POST',
        body: body.replace('{', `{"access_token":"${token}",`),
        headers: json,
      }),
    );
    for (const { status, body: response } of [inQuery, inForm, inJson]) {
      expect([400, 401, 415]).toContain(status);
      expect(response).not.toHaveProperty('data');
      expect(JSON.stringify(response)).not.toContain(token);
    }
    expect(server.log.join('')).not.toContain(token);
    const inHeader = await server.graphql('{ viewer { username } }', token);
    expect(inHeader.status).toBe(200);
  });
});
