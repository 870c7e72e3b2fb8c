import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto/secrets.ts';
import { graphqlChallenge } from '../../support/challenge.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { read } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
});
afterAll(() => server.close());

const FORM = 'application/x-www-form-urlencoded';

async function post(body: string | FormData, headers: Record<string, string> = {}, path = '/oauth/token') {
  const type: Record<string, string> = typeof body === 'string' ? { 'Content-Type': FORM } : {};
  return read(await server.request(path, { method: 'POST', body, headers: { ...type, ...headers } }));
}

const basic = ({ clientId, secret }: TestClient) => ({ Authorization: `Basic ${btoa(`${clientId}:${secret}`)}` });

describe('RFC 6749 §3.2: the token endpoint takes POST', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])(
    'S4-05: %s gets an error that only POST is allowed',
    async (method) => {
      const answer = await server.request('/oauth/token', { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('Allow')).toBe('POST');
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
      const expected = JSON.stringify({ error: 'invalid_request', error_description: 'Only POST requests allowed.' });
      expect(await answer.text()).toBe(method === 'HEAD' ? '' : expected);
    },
  );
});

describe('RFC 6749 §5.2: each error has its code', () => {
  it('S4-05 S3-09: a missing grant_type is named in the error, and an unknown one is unsupported', async () => {
    for (const body of ['', 'scope=read', 'grant_type=']) {
      const answer = await post(body, basic(client));
      expectTokenError(answer, 400, 'invalid_request');
      expect(answer.body.error_description).toContain('grant_type');
    }
    for (const grant of ['passwords', 'implicit', '__proto__', 'urn:ietf:params:oauth:grant-type:saml2-bearer'])
      expectTokenError(
        await post(`grant_type=${encodeURIComponent(grant)}`, basic(client)),
        400,
        'unsupported_grant_type',
      );
  });

  it.each([
    ['authorization_code', {}, 'code'],
    ['password', { password: 'x' }, 'username'],
    ['password', { username: 'x' }, 'password'],
    ['refresh_token', {}, 'refresh_token'],
  ])('S3-09: the error names what %s %j lacks', async (grant_type, more, missing) => {
    const answer = await expectNothingWritten(server, () => server.token({ grant_type, ...more }, client));
    expectTokenError(answer, 400, 'invalid_request');
    expect(answer.body.error_description).toBe(`The parameter ${missing} is missing.`);
  });

  it('S3-09 S4-05 S3-02: missing or wrong credentials are invalid_client, 401 with a Basic challenge', async () => {
    const form = 'grant_type=client_credentials';
    const none = await post(form);
    const wrong = await post(form, basic({ ...client, secret: 'wrong' }));
    const wrongInBody = await post(`${form}&client_id=${client.clientId}&client_secret=wrong`);
    const unknown = await post(form, basic({ clientId: 'nobody', secret: 'wrong' }));
    const idOnly = await post(`${form}&client_id=${client.clientId}`);
    for (const answer of [none, wrong, wrongInBody, unknown, idOnly]) expectTokenError(answer, 401, 'invalid_client');
    // The response does not reveal which clients exist.
    expect(unknown.body).toEqual(wrong.body);
    expect(none.body).not.toEqual(wrong.body);
  });

  it('S0-15 S3-09: every error has no-store and both members of the body', async () => {
    expectTokenError(await post('grant_type=client_credentials&scope=nonsense', basic(client)), 400, 'invalid_scope');
    expectTokenError(
      await post('grant_type=refresh_token&refresh_token=grt_nothing', basic(client)),
      400,
      'invalid_grant',
    );
    expectTokenError(await post('grant_type=authorization_code&code=gac_nothing', basic(client)), 400, 'invalid_grant');
  });
});

describe('RFC 6750 §3.1: responses to a bad bearer token', () => {
  const asks = (token: string) => server.graphql('{ users { nodes { id } } }', token);

  it('S3-09 S1-20: a malformed, unknown or expired token gets 401 invalid_token', async () => {
    const expired = await server.accessToken({ client, scopes: ['read'] });
    await server.database
      .em()
      .execute('UPDATE access_tokens SET expires_at = created_at WHERE digest = ?', [digest(expired)]);
    for (const token of ['x', `gat_${'A'.repeat(49)}`, expired]) {
      const { status, headers, body } = await asks(token);
      expect(status).toBe(401);
      expect(headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server, ', error="invalid_token"'));
      expect(body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(body).not.toHaveProperty('data');
    }
  });

  it('S3-09 S4-08: a token without the scope gets 403 insufficient_scope with its scopes and the required ones', async () => {
    const { status, headers, body } = await asks(await server.accessToken({ client, scopes: ['profile', 'groups'] }));
    expect(status).toBe(403);
    expect(headers.get('WWW-Authenticate')).toBe(
      graphqlChallenge(server, ', error="insufficient_scope", scope="read"'),
    );
    expect(body.errors[0]).toMatchObject({
      message: 'You do not have permission to perform this action',
      extensions: { requiredScopes: ['read'], missingScopes: ['read'], grantedScopes: ['profile', 'groups'] },
    });
  });
});

describe('Where they disagree: body encoding', () => {
  const fields = { grant_type: 'client_credentials', scope: 'read' };

  it('urlencoded bodies and multipart without files mean the same', async () => {
    const multipart = new FormData();
    for (const [name, value] of Object.entries(fields)) multipart.append(name, value);
    for (const body of [new URLSearchParams(fields).toString(), multipart])
      expect(await post(body, basic(client))).toMatchObject({ status: 200, body: { scope: 'read' } });
  });

  it('a file, JSON and plain text are refused, and the error for JSON names the fix', async () => {
    const file = new FormData();
    file.append('grant_type', new Blob(['client_credentials']), 'grant.txt');
    expectTokenError(await post(file, basic(client)), 400, 'invalid_request');
    expectTokenError(
      await post('grant_type=client_credentials', { ...basic(client), 'Content-Type': 'text/plain' }),
      400,
      'invalid_request',
    );

    const json = await post(JSON.stringify(fields), { ...basic(client), 'Content-Type': 'application/json' });
    expectTokenError(json, 400, 'invalid_request');
    expect(json.body.error_description).toBe(
      'Send the parameters as application/x-www-form-urlencoded (JSON was sent).',
    );
  });
});

describe('Where they disagree: client authentication', () => {
  it('two methods in one request are refused on every grant', async () => {
    for (const grant_type of ['authorization_code', 'client_credentials', 'password', 'refresh_token']) {
      const form = { grant_type, client_id: client.clientId, client_secret: client.secret };
      expectTokenError(await expectNothingWritten(server, () => server.token(form, client)), 400, 'invalid_request');
    }
  });
});

describe('Where they disagree: paths', () => {
  it('a trailing slash means the same, without a redirect that would lose the body', async () => {
    const answer = await post('grant_type=client_credentials', basic(client), '/oauth/token/');
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    expectTokenError(await post('', basic(client), '/oauth/token/'), 400, 'invalid_request');

    const query = `response_type=code&client_id=${client.clientId}`;
    const [plain, slashed] = [
      await server.request(`/oauth/authorize?${query}`),
      await server.request(`/oauth/authorize/?${query}`),
    ];
    for (const { status, headers } of [plain, slashed]) {
      expect(status).toBe(303);
      expect(headers.get('Location')).toMatch(/^\/login\?request=/);
    }
    const body = JSON.stringify({ query: '{ viewer { sub } }' });
    const headers = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${await server.accessToken({ client })}`,
    };
    expect((await server.request('/graphql/', { method: 'POST', body, headers })).status).toBe(200);
    for (const path of ['/login/', '/healthz/', '/readyz/']) expect((await server.request(path)).status).toBe(200);
  });
});
