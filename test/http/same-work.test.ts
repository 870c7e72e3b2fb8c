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

/** The statements that `work` has the server send, in their order. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(server.database.client as unknown as Native, 'query');
  try {
    await work();
    return spy.mock.calls.map(([config]) =>
      (typeof config === 'string' ? config : config.text).replaceAll(/\s+/g, ' '),
    );
  } finally {
    spy.mockRestore();
  }
}

/** Names with which nobody gets in, each for another reason; all with the same password. */
async function strangers(): Promise<[why: string, username: string, password: string][]> {
  const [known, disabled] = [await server.user(), await server.user()];
  await updateUser(server.database.em(), theOperator(), disabled.uuid, { disabled: true });
  const { username: without } = await server.user();
  await server.database.em().execute('UPDATE users SET password_hash = NULL WHERE username = ?', [without]);
  return [
    ['a wrong password', known.username, 'wrong password'],
    ['nobody', unique('nobody'), 'wrong password'],
    ['a disabled account', disabled.username, disabled.password],
    ['an account without a password', without, 'wrong password'],
  ];
}

/** Microseconds of processor time that `work` takes at least: a busy machine does not lengthen it, and a hash is most of it. */
async function effort(work: () => Promise<unknown>): Promise<number> {
  const spent: number[] = [];
  for (let times = 0; times < 12; times++) {
    const from = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(from);
    spent.push(user + system);
  }
  return Math.min(...spent);
}

describe('OWASP ASVS 5 §6.3.8: nobody learns by the time it takes whether there is such an account', () => {
  it('J179: the sign-in page does the same for everybody whom it does not let in', async () => {
    const [[, name, password] = [], ...others] = await strangers();
    const first = await statementsOf(() => trySignIn(server, name ?? '', password ?? ''));
    expect(first.length).toBeGreaterThan(3);
    for (const [why, username, word] of others)
      expect([why, ...(await statementsOf(() => trySignIn(server, username, word)))]).toEqual([why, ...first]);
  });

  it('J179: so does the password grant', async () => {
    const client = await server.client();
    const [[, name, password] = [], ...others] = await strangers();
    const first = await statementsOf(() => tryPasswordGrant(server, client, name ?? '', password ?? ''));
    for (const [why, username, word] of others) {
      const again = await statementsOf(() => tryPasswordGrant(server, client, username, word));
      // The secret's last use is written once an hour, by whoever comes first.
      const told = (statements: string[]) => statements.filter((text) => !text.includes('last_used_at = $2'));
      expect([why, ...told(again)]).toEqual([why, ...told(first)]);
    }
  });

  it('J179: and each of them is worth a hash', async () => {
    const free = await startServer({ RATE_LIMITS: 'off' });
    try {
      const { username } = await free.user();
      const client = await free.client();
      await tryPasswordGrant(free, client, unique('nobody'), 'the first one of all makes the decoy');
      const known = await effort(() => tryPasswordGrant(free, client, username, 'wrong'));
      const unknown = await effort(() => tryPasswordGrant(free, client, unique('nobody'), 'wrong'));
      const nothing = await effort(() => tryClient(free, client));
      // The figures themselves are a bench's; a hash that is left out shows on any machine.
      expect(unknown - nothing).toBeGreaterThan((known - nothing) / 2);
      expect(known - nothing).toBeGreaterThan((unknown - nothing) / 2);
    } finally {
      await free.close();
    }
  });
});

describe('OWASP ASVS 5 §11.2.4: nobody learns by the time it takes whether there is such a client', () => {
  it('E76: the same statements for an unknown client, and for one that cannot prove itself', async () => {
    const { clientId, secret } = await server.client();
    const clients: [why: string, client: TestClient][] = [
      ['unknown', { clientId: unique('nobody'), secret: 'wrong' }],
      ['unknown, with a secret that looks like one', { clientId: unique('nobody'), secret }],
      ['of another kind', { clientId, secret: makeSecret('grt') }],
      ['mistyped', { clientId, secret: `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}` }],
      ['another one', { clientId, secret: makeSecret('gcs') }],
      ['for a public client', { ...(await publicClient(server)), secret }],
    ];
    const first = await statementsOf(() => tryClient(server, { clientId, secret: 'wrong' }));
    expect(first.length).toBeGreaterThan(2);
    for (const [why, client] of clients)
      expect([why, ...(await statementsOf(() => tryClient(server, client)))]).toEqual([why, ...first]);
  });

  it('E76: in the body as well, and at every endpoint', async () => {
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
