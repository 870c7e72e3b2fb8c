import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSecret } from '../../src/crypto/secrets.ts';
import { updateUser } from '../../src/directory/update-user.ts';
import { tryClient, tryPasswordGrant, trySignIn } from '../support/authentication-attempts.ts';
import { postForm, publicClient } from '../support/client-endpoints.ts';
import { type TestClient, theOperator, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

interface Native {
  query(config: string | { readonly text: string }): unknown;
}

/** The statements that the server sends during `work`, in order. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(server.database.client as unknown as Native, 'query');
  try {
    await work();
    const texts = spy.mock.calls.map(([config]) =>
      (typeof config === 'string' ? config : config.text).replaceAll(/\s+/g, ' '),
    );
    // A notice of audit events is sent after the response, once for several of them.
    return texts.filter((text) => !text.includes('pg_notify'));
  } finally {
    spy.mockRestore();
  }
}

/** Credentials that fail, each for another reason. */
async function strangers(): Promise<[why: string, username: string, password: string][]> {
  const [known, disabled] = [await server.user(), await server.user()];
  await updateUser(server.database.em(), theOperator(), disabled.uuid, { disabled: true });
  const { username: without } = await server.user();
  await server.database.em().execute('UPDATE users SET password_hash = NULL WHERE username = ?', [without]);
  return [
    ['a wrong password', known.username, 'wrong password'],
    ['an unknown account', unique('nobody'), 'wrong password'],
    ['a disabled account', disabled.username, disabled.password],
    ['an account without a password', without, 'wrong password'],
  ];
}

/** Minimum CPU time of `work` in microseconds. CPU time does not depend on other load, and a password hash dominates it. */
async function effort(work: () => Promise<unknown>): Promise<number> {
  const measured: number[] = [];
  for (let times = 0; times < 12; times++) {
    const from = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(from);
    measured.push(user + system);
  }
  return Math.min(...measured);
}

describe('OWASP ASVS 5 §6.3.8: response times do not reveal which accounts exist', () => {
  it('J179: the sign-in page does the same work for every failed sign-in', async () => {
    const [[, name, password] = [], ...others] = await strangers();
    const first = await statementsOf(() => trySignIn(server, name ?? '', password ?? ''));
    expect(first.length).toBeGreaterThan(3);
    for (const [why, username, word] of others)
      expect([why, ...(await statementsOf(() => trySignIn(server, username, word)))]).toEqual([why, ...first]);
  });

  it('J179: the password grant does the same work for every failed attempt', async () => {
    const client = await server.client();
    const [[, name, password] = [], ...others] = await strangers();
    const first = await statementsOf(() => tryPasswordGrant(server, client, name ?? '', password ?? ''));
    for (const [why, username, word] of others) {
      const again = await statementsOf(() => tryPasswordGrant(server, client, username, word));
      // The last use of the secret is written once an hour, by the first request.
      const withoutLastUsed = (statements: string[]) =>
        statements.filter((text) => !text.includes('last_used_at = $2'));
      expect([why, ...withoutLastUsed(again)]).toEqual([why, ...withoutLastUsed(first)]);
    }
  });

  it('J179: each failed attempt computes one password hash', async () => {
    const free = await startServer({ RATE_LIMITS: 'off' });
    try {
      const { username } = await free.user();
      const client = await free.client();
      await tryPasswordGrant(free, client, unique('nobody'), 'the first one of all makes the decoy');
      const known = await effort(() => tryPasswordGrant(free, client, username, 'wrong'));
      const unknown = await effort(() => tryPasswordGrant(free, client, unique('nobody'), 'wrong'));
      const nothing = await effort(() => tryClient(free, client));
      // The bound is wide, because a missing hash shows on any machine.
      expect(unknown - nothing).toBeGreaterThan((known - nothing) / 2);
      expect(known - nothing).toBeGreaterThan((unknown - nothing) / 2);
    } finally {
      await free.close();
    }
  });
});

describe('OWASP ASVS 5 §11.2.4: response times do not reveal which clients exist', () => {
  it('E76: an unknown client and one with a wrong secret cause the same statements', async () => {
    const { clientId, secret } = await server.client();
    const clients: [why: string, client: TestClient][] = [
      ['unknown', { clientId: unique('nobody'), secret: 'wrong' }],
      ['unknown, with a well-formed secret', { clientId: unique('nobody'), secret }],
      ['a secret of another kind', { clientId, secret: makeSecret('grt') }],
      ['mistyped', { clientId, secret: `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}` }],
      ['another secret', { clientId, secret: makeSecret('gcs') }],
      ['for a public client', { ...(await publicClient(server)), secret }],
    ];
    const first = await statementsOf(() => tryClient(server, { clientId, secret: 'wrong' }));
    expect(first.length).toBeGreaterThan(2);
    for (const [why, client] of clients)
      expect([why, ...(await statementsOf(() => tryClient(server, client)))]).toEqual([why, ...first]);
  });

  it('E76: the same holds for credentials in the body and at every endpoint', async () => {
    const { clientId } = await server.client();
    const body = (client_id: string) => ({
      grant_type: 'client_credentials',
      token: 'x',
      client_id,
      client_secret: 'x',
    });
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect']) {
      const known = await statementsOf(() => postForm(server, path, body(clientId)));
      expect(await statementsOf(() => postForm(server, path, body(unique('nobody'))))).toEqual(known);
    }
  });
});
