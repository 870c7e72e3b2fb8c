import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSecret } from '../../../src/crypto/secrets.ts';
import { issueCode } from '../../support/authorize.ts';
import { postForm, publicClient, revoke } from '../../support/client-endpoints.ts';
import { whileCommitsFail } from '../../support/faults.ts';
import { expectCleanResponse, expectTokenError } from '../../support/invariants.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import type { TestResponse } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import {
  bearerStatus,
  eventsOf,
  expectRevoked,
  publicTokenPair,
  refreshing,
  type TokenPair,
  tokenPair,
} from '../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

function expectDone(answer: TestResponse): void {
  expectCleanResponse(answer, answer.body);
  expect(answer.status).toBe(200);
  expect(answer.body).toBe('');
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  expect(answer.headers.get('Location')).toBeNull();
  expect(answer.headers.get('Set-Cookie')).toBeNull();
}

/** Checks that both tokens still work. The refresh token is rotated by this. */
async function expectAlive(client: Parameters<TestServer['token']>[1], pair: TokenPair): Promise<void> {
  expect(await bearerStatus(server, pair.access_token)).toBe(200);
  expect((await server.token(refreshing(pair.refresh_token), client)).status).toBe(200);
}

describe('RFC 7009 §2.1, §2.2: a client revokes its own token', () => {
  it('G113: an access token is revoked at once and alone, and the audit trail names its user', async () => {
    const client = await server.client();
    const user = await server.user();
    const pair = await tokenPair(server, client, {}, user);
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
    expectDone(await revoke(server, pair.access_token, client));
    expect(await bearerStatus(server, pair.access_token)).toBe(401);

    expect((await server.token(refreshing(pair.refresh_token), client)).status).toBe(200);
    const event = { actor_id: user.uuid, ip: '127.0.0.1', detail: { authorization: expect.any(String) } };
    expect(await eventsOf(server, 'token.revoked', client)).toEqual([event]);
    expect(server.log.join('')).not.toContain(pair.access_token);
  });

  it('G113: revoking a refresh token revokes its whole family, earlier tokens and later ones', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    expectDone(await revoke(server, second.refresh_token, client));
    expect(await bearerStatus(server, first.access_token)).toBe(401);
    await expectRevoked(server, client, second);
    // Not even within the grace period.
    expectTokenError(await server.token(refreshing(first.refresh_token), client), 400, 'invalid_grant');
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
  });

  it('G113: a used refresh token also revokes its family, and another authorization of the same user stays active', async () => {
    const client = await server.client();
    const user = await server.user();
    const bystander = await tokenPair(server, client, { state: 'other' }, user);
    const first = await tokenPair(server, client, {}, user);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    expectDone(await revoke(server, first.refresh_token, client));
    await expectRevoked(server, client, second);
    await expectAlive(client, bystander);
  });

  it('G113: a public client revokes its own token with its client_id alone', async () => {
    const client = await publicClient(server);
    const { access_token: token } = await publicTokenPair(server, client);
    expectDone(await revoke(server, token, client));
    expect(await bearerStatus(server, token)).toBe(401);
  });

  it.each(['access_token', 'refresh_token', 'id_token', 'x', ''])(
    'G118: with token_type_hint=%s the search is extended to other token types',
    async (hint) => {
      const client = await server.client();
      for (const kind of ['access_token', 'refresh_token'] as const) {
        const pair = await tokenPair(server, client);
        expectDone(await revoke(server, pair[kind], client, { token_type_hint: hint }));
        expect(await bearerStatus(server, pair.access_token)).toBe(401);
      }
    },
  );
});

describe('RFC 7009 §2.2: invalid tokens count as revoked', () => {
  it('G115: an unknown token, a malformed one and one of another kind get 200, and nothing is written', async () => {
    const client = await server.client();
    const code = await issueCode(server, client);
    const strangers = ['x', '\0', 'é', 'a'.repeat(20_000), makeSecret('gat'), makeSecret('grt'), client.secret, code];
    await expectNothingWritten(server, async () => {
      for (const token of strangers) expectDone(await revoke(server, token, client));
    });
    expect(await eventsOf(server, 'token.revoked', client)).toEqual([]);
    const exchanged = { grant_type: 'authorization_code', code, redirect_uri: 'https://client.example/cb' };
    expect((await server.token(exchanged, client)).status).toBe(200);
  });

  it('G115: a revoked token and an expired one get 200', async () => {
    const client = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    for (const token of [access_token, access_token, refresh_token, refresh_token, access_token])
      expectDone(await revoke(server, token, client));
    expect(await eventsOf(server, 'token.revoked', client)).toHaveLength(2);

    const old = await tokenPair(server, client);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 91 * 86_400_000 });
    for (const token of [old.access_token, old.refresh_token]) expectDone(await revoke(server, token, client));
  });

  it('G113: a client that accepts JSON gets an empty JSON object', async () => {
    const client = await server.client();
    const answer = await postForm(server, '/oauth/revoke', { token: 'x' }, client, { Accept: 'application/json' });
    expect([answer.status, answer.body]).toEqual([200, {}]);
  });
});

describe('RFC 7009 §2.1: tokens of another client', () => {
  it('G116: a confidential client gets an error, and the token stays active', async () => {
    const [client, stranger] = [await server.client(), await server.client({ servicePermissions: ['INTROSPECT'] })];
    const pair = await tokenPair(server, client);
    await expectNothingWritten(server, async () => {
      for (const token of [pair.access_token, pair.refresh_token])
        expectTokenError(await revoke(server, token, stranger), 400, 'unauthorized_client');
    });
    await expectAlive(client, pair);
  });

  it('G116: a public client is not authenticated, so it gets 200 and nothing happens', async () => {
    const [client, stranger] = [await server.client(), await publicClient(server)];
    const pair = await tokenPair(server, client);
    for (const token of [pair.access_token, pair.refresh_token]) expectDone(await revoke(server, token, stranger));
    await expectAlive(client, pair);
    expect(await eventsOf(server, 'token.revoked', client)).toEqual([]);
  });

  it('G119: a client without its secret or with a wrong one revokes nothing', async () => {
    const client = await server.client();
    const pair = await tokenPair(server, client);
    const tries = [
      await revoke(server, pair.access_token),
      await revoke(server, pair.refresh_token, undefined, { client_id: client.clientId }),
      await revoke(server, pair.refresh_token, { ...client, secret: 'wrong' }),
      await revoke(server, pair.access_token, { clientId: 'nobody', secret: client.secret }),
      await postForm(server, '/oauth/revoke', { token: pair.access_token }, undefined, {
        Authorization: `Bearer ${pair.access_token}`,
      }),
    ];
    for (const answer of tries) expectTokenError(answer, 401, 'invalid_client');
    await expectAlive(client, pair);
  });
});

describe('RFC 7009 §2.2.1: failures are reported', () => {
  it('G121: while the database is unavailable the response is 503 with Retry-After, and later the request succeeds', async () => {
    const client = await server.client();
    const pair = await tokenPair(server, client);
    const tries: [kind: 'access_token' | 'refresh_token', table: string][] = [
      ['access_token', 'access_tokens'],
      ['refresh_token', 'authorizations'],
    ];
    for (const [kind, table] of tries) {
      const answer = await whileCommitsFail(server, table, () => revoke(server, pair[kind], client));
      expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
      expect(answer.headers.get('Retry-After')).toBe('1');
      expect(await bearerStatus(server, pair.access_token)).toBe(200);
    }
    expectDone(await revoke(server, pair.refresh_token, client));
    await expectRevoked(server, client, pair);
  });
});

describe('RFC 7009 §2.1: the request', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('G122: %s gets 405 with Allow: POST', async (method) => {
    for (const path of ['/oauth/revoke', '/oauth/revoke/']) {
      const { status, headers } = await server.request(`${path}?token=x`, { method });
      expect([status, headers.get('Allow'), headers.get('Cache-Control')]).toEqual([405, 'POST', 'no-store']);
    }
  });

  it('G128: no token, two tokens and a body of another type are invalid_request, and nothing is revoked', async () => {
    const client = await server.client();
    const { access_token: token } = await tokenPair(server, client);
    const twice = new URLSearchParams([['token', token], ['token', token]]); // biome-ignore format: one line
    for (const form of [{}, { token: '' }, { 'token[]': token }, twice])
      expectTokenError(await postForm(server, '/oauth/revoke', form, client), 400, 'invalid_request');
    const json = { 'Content-Type': 'application/json' };
    expectTokenError(await postForm(server, '/oauth/revoke', { token }, client, json), 400, 'invalid_request');
    expect(await bearerStatus(server, token)).toBe(200);
  });
});
