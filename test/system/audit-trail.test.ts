import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trySignIn } from '../support/authentication-attempts.ts';
import { codeRequest, reachConsent, responseParams, sentTo } from '../support/authorize.ts';
import { revoke } from '../support/client-endpoints.ts';
import { type TestClient, type TestUser, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { signedIn } from '../support/sessions.ts';
import { exchange, refreshing, type TokenPair, tokenPair } from '../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
let user: TestUser;
let row: string;
beforeAll(async () => {
  server = await startServer();
  client = await server.client({ consent: 'ALWAYS' });
  user = await server.user();
  const [found] = await server.database
    .em()
    .execute<{ id: string }[]>('SELECT id FROM clients WHERE client_id = ?', [client.clientId]);
  row = found?.id ?? '';
});
afterAll(() => server.close());

interface Event {
  readonly kind: string;
  readonly actor_id: string | null;
  readonly client_id: string | null;
  readonly detail: Record<string, unknown>;
}

/** The events that `work` leaves, each of which says where it came from. */
async function eventsOf(work: () => Promise<unknown>): Promise<Event[]> {
  const events = () => server.database.em().execute('SELECT * FROM audit_events ORDER BY at, id');
  const before = (await events()).length;
  await work();
  const added = (await events()).slice(before);
  for (const { ip, request_id, at } of added) {
    expect(ip).toBe('127.0.0.1');
    expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(new Date(at).getTime() - Date.now())).toBeLessThan(60_000);
  }
  return added.map(({ kind, actor_id, client_id, detail }) => ({ kind, actor_id, client_id, detail }));
}

/** What the user's answer buys the client. */
async function decide(button: 'allow' | 'deny'): Promise<string> {
  const browser = server.browser();
  const page = await reachConsent(server, codeRequest(client, { scope: 'read profile' }), user, browser);
  return responseParams(sentTo(await browser.submit(page, {}, button))).code ?? '';
}

const family = { authorization: expect.stringMatching(/^[0-9a-f-]{36}$/) };

describe('ASVS 5 §16.3: the audit trail tells', () => {
  it('of a sign-in and a sign-out, and who it was', async () => {
    const actor = { actor_id: user.uuid, client_id: null, detail: {} };
    const told = await eventsOf(async () => {
      const browser = server.browser();
      await browser.submit(await browser.get('/login'), { username: user.username, password: user.password });
      await browser.submit(await browser.get('/logout'));
    });
    expect(told).toEqual([
      { ...actor, kind: 'sign_in.succeeded' },
      { ...actor, kind: 'sign_out' },
    ]);
  });

  it('of a sign-in that failed, and into whose account, by the page and by the password grant', async () => {
    const secret = unique('a password in the wrong box');
    const told = await eventsOf(async () => {
      await trySignIn(server, user.username, secret);
      await trySignIn(server, user.email, secret);
      await trySignIn(server, secret, 'wrong');
      await server.token({ grant_type: 'password', username: user.username, password: secret }, client);
    });
    const failed = { kind: 'sign_in.failed', actor_id: null, client_id: null };
    expect(told).toEqual([
      { ...failed, detail: { user: user.id } },
      { ...failed, detail: { user: user.id } },
      { ...failed, detail: {} },
      { ...failed, client_id: row, detail: { user: user.id } },
    ]);
  });

  it('of a consent that was given, and one that was not', async () => {
    const told = await eventsOf(async () => {
      await decide('deny');
      await decide('allow');
    });
    const actor = { actor_id: user.uuid, client_id: row };
    expect(told.filter(({ kind }) => kind.startsWith('consent'))).toEqual([
      { ...actor, kind: 'consent.denied', detail: {} },
      { ...actor, kind: 'consent.granted', detail: { ...family, scopes: ['read', 'profile'] } },
    ]);
  });

  it('of a client that could not prove who it is, and of one that nobody knows', async () => {
    const told = await eventsOf(async () => {
      await server.token({ grant_type: 'client_credentials' }, { ...client, secret: 'wrong' });
      await server.token({ grant_type: 'client_credentials' }, { clientId: unique('nobody'), secret: 'wrong' });
    });
    const failed = { kind: 'client_authentication.failed', actor_id: null, detail: {} };
    expect(told).toEqual([
      { ...failed, client_id: row },
      { ...failed, client_id: null },
    ]);
  });

  it('of a revocation, and of what a person or an app was refused', async () => {
    const { access_token } = await tokenPair(server, client, {}, user);
    const service = await server.accessToken({ client, user: null });
    const narrow = await server.accessToken({ scopes: ['profile'] });
    const told = await eventsOf(async () => {
      await server.graphql('mutation { deleteUser(input: { id: "x" }) { errors { code } } }', access_token);
      await server.graphql('{ a: users { nodes { id } } groups { nodes { id } } }', service);
      // That a scope is missing is how clients find out what to ask for.
      await server.graphql('{ users { nodes { id } } }', narrow);
      await revoke(server, access_token, client);
    });
    const mine = { actor_id: user.uuid, client_id: row };
    expect(told).toEqual([
      { ...mine, kind: 'access.refused', detail: { fields: ['deleteUser'] } },
      { ...mine, actor_id: null, kind: 'access.refused', detail: { fields: ['users', 'groups'] } },
      { ...mine, kind: 'token.revoked', detail: family },
    ]);
  });

  it('after those are gone of whom it tells', async () => {
    const { browser, user: person } = await signedIn(server);
    await browser.submit(await browser.get('/logout'));
    await server.database.em().execute('DELETE FROM users WHERE id = ?', [person.uuid]);
    const [left] = await server.database
      .em()
      .execute('SELECT count(*)::int AS n FROM audit_events WHERE actor_id = ?', [person.uuid]);
    expect(left?.n).toBe(2);
  });
});

describe('RFC 9700 §4.14.2, ASVS 5 §16.3.3: a replay', () => {
  async function expectTold(kind: string, msg: string, replay: () => Promise<unknown>, secrets: string[]) {
    const from = server.log.length;
    const told = await eventsOf(async () => {
      await replay();
      await replay();
    });
    expect(told).toEqual([{ kind, actor_id: user.uuid, client_id: row, detail: family }]);
    const warnings = server.log.slice(from).filter((line) => JSON.parse(line).level === 40);
    expect(warnings.map((line) => JSON.parse(line))).toMatchObject([
      {
        ...{ msg, client: client.clientId, user: user.id, ip: '127.0.0.1' },
        ...{ family: told[0]?.detail.authorization, requestId: expect.any(String) },
      },
    ]);
    for (const secret of secrets) expect(warnings.join('') + JSON.stringify(told)).not.toContain(secret);
  }

  it('F112: of a refresh token is one event and one line of the log: client, family, person, address; no token', async () => {
    const first = await tokenPair(server, client, {}, user);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    const { body: third } = await server.token(refreshing(second.refresh_token), client);
    const secrets = [first, second, third].flatMap((pair: TokenPair) => [pair.access_token, pair.refresh_token]);
    const msg = 'refresh token replayed, its token family was revoked';
    await expectTold(
      'refresh_token.replayed',
      msg,
      () => server.token(refreshing(first.refresh_token), client),
      secrets,
    );
  });

  it('F112: of a code, too', async () => {
    const code = await decide('allow');
    const { body } = await server.token(exchange(code), client);
    const msg = 'code replayed, its tokens were revoked';
    const secrets = [code, body.access_token, body.refresh_token];
    await expectTold('code.replayed', msg, () => server.token(exchange(code), client), secrets);
  });
});

describe('The trail itself', () => {
  const root = join(import.meta.dirname, '../..');
  const read = (pattern: string) =>
    globSync(pattern, { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const kinds = [...(read('src/store/audit/record.ts')[0] ?? '').matchAll(/^ {2}\| '([a-z_.]+)'/gm)].map(
    ([, kind]) => kind,
  );

  it.each(kinds)('%s: is written somewhere, and some test waits for it', (kind) => {
    expect(kinds.length).toBeGreaterThan(25);
    expect(read('src/**/*.ts').filter((text) => text.includes(`'${kind}'`)).length).toBeGreaterThan(1);
    expect(read('test/**/*.test.ts').some((text) => text.includes(`'${kind}'`))).toBe(true);
  });

  it('is only added to: nothing changes an event, and nothing but the sweep takes one away', () => {
    for (const text of read('src/**/*.ts')) expect(text).not.toMatch(/(UPDATE|DELETE FROM|TRUNCATE) audit_events/i);
  });
});
