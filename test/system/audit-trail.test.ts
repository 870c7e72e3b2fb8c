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

/** The audit events of `work`. Checks that each has its origin. */
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

/** Decides on the consent page. Returns the code, or an empty string. */
async function decide(button: 'allow' | 'deny'): Promise<string> {
  const browser = server.browser();
  const page = await reachConsent(server, codeRequest(client, { scope: 'read profile' }), user, browser);
  return responseParams(sentTo(await browser.submit(page, {}, button))).code ?? '';
}

const family = { authorization: expect.stringMatching(/^[0-9a-f-]{36}$/) };

describe('ASVS 5 §16.3: the audit trail', () => {
  it('the trail records sign-in and sign-out with the user', async () => {
    const actor = { actor_id: user.uuid, client_id: null, detail: {} };
    const recorded = await eventsOf(async () => {
      const browser = server.browser();
      await browser.submit(await browser.get('/login'), { username: user.username, password: user.password });
      await browser.submit(await browser.get('/logout'));
    });
    expect(recorded).toEqual([
      { ...actor, kind: 'sign_in.succeeded' },
      { ...actor, kind: 'sign_out' },
    ]);
  });

  it('the trail records failed sign-ins with the account, for the page and the password grant', async () => {
    const secret = unique('a password in the wrong box');
    const recorded = await eventsOf(async () => {
      await trySignIn(server, user.username, secret);
      await trySignIn(server, user.email, secret);
      await trySignIn(server, secret, 'wrong');
      await server.token({ grant_type: 'password', username: user.username, password: secret }, client);
    });
    const failed = { kind: 'sign_in.failed', actor_id: null, client_id: null };
    expect(recorded).toEqual([
      { ...failed, detail: { user: user.id } },
      { ...failed, detail: { user: user.id } },
      { ...failed, detail: {} },
      { ...failed, client_id: row, detail: { user: user.id } },
    ]);
  });

  it('the trail records a sign-in by the password grant with the grant and the client', async () => {
    const recorded = await eventsOf(async () => {
      await server.token({ grant_type: 'password', username: user.username, password: user.password }, client);
    });
    const detail = { grant: 'password' };
    expect(recorded).toEqual([{ kind: 'sign_in.succeeded', actor_id: user.uuid, client_id: row, detail }]);
  });

  it('the trail records granted and denied consent', async () => {
    const recorded = await eventsOf(async () => {
      await decide('deny');
      await decide('allow');
    });
    const actor = { actor_id: user.uuid, client_id: row };
    expect(recorded.filter(({ kind }) => kind.startsWith('consent'))).toEqual([
      { ...actor, kind: 'consent.denied', detail: {} },
      { ...actor, kind: 'consent.granted', detail: { ...family, scopes: ['read', 'profile'] } },
    ]);
  });

  it('the trail records failed client authentication, also of unknown clients', async () => {
    const recorded = await eventsOf(async () => {
      await server.token({ grant_type: 'client_credentials' }, { ...client, secret: 'wrong' });
      await server.token({ grant_type: 'client_credentials' }, { clientId: unique('nobody'), secret: 'wrong' });
    });
    const failed = { kind: 'client_authentication.failed', actor_id: null, detail: {} };
    expect(recorded).toEqual([
      { ...failed, client_id: row },
      { ...failed, client_id: null },
    ]);
  });

  it('the trail records revocations and refused operations of users and apps', async () => {
    const { access_token } = await tokenPair(server, client, {}, user);
    const service = await server.accessToken({ client, user: null });
    const narrow = await server.accessToken({ scopes: ['profile'] });
    const recorded = await eventsOf(async () => {
      await server.graphql('mutation { deleteUser(input: { id: "x" }) { errors { code } } }', access_token);
      await server.graphql('{ a: users { nodes { id } } groups { nodes { id } } }', service);
      // A missing scope is not recorded, because clients find out this way what to request.
      await server.graphql('{ users { nodes { id } } }', narrow);
      await revoke(server, access_token, client);
    });
    const ofUser = { actor_id: user.uuid, client_id: row };
    expect(recorded).toEqual([
      { ...ofUser, kind: 'access.refused', detail: { fields: ['deleteUser'] } },
      { ...ofUser, actor_id: null, kind: 'access.refused', detail: { fields: ['users', 'groups'] } },
      { ...ofUser, kind: 'token.revoked', detail: family },
    ]);
  });

  it('events remain after their user was deleted', async () => {
    const { browser, user: deleted } = await signedIn(server);
    await browser.submit(await browser.get('/logout'));
    await server.database.em().execute('DELETE FROM users WHERE id = ?', [deleted.uuid]);
    const [left] = await server.database
      .em()
      .execute('SELECT count(*)::int AS n FROM audit_events WHERE actor_id = ?', [deleted.uuid]);
    expect(left?.n).toBe(2);
  });
});

describe('RFC 9700 §4.14.2, ASVS 5 §16.3.3: a replay', () => {
  async function expectRecorded(kind: string, msg: string, replay: () => Promise<unknown>, secrets: string[]) {
    const from = server.log.length;
    const recorded = await eventsOf(async () => {
      await replay();
      await replay();
    });
    expect(recorded).toEqual([{ kind, actor_id: user.uuid, client_id: row, detail: family }]);
    const warnings = server.log.slice(from).filter((line) => JSON.parse(line).level === 40);
    expect(warnings.map((line) => JSON.parse(line))).toMatchObject([
      {
        ...{ msg, client: client.clientId, user: user.id, ip: '127.0.0.1' },
        ...{ family: recorded[0]?.detail.authorization, requestId: expect.any(String) },
      },
    ]);
    for (const secret of secrets) expect(warnings.join('') + JSON.stringify(recorded)).not.toContain(secret);
  }

  it('F112: the replay of a refresh token is one event and one log line with client, family, user and address, and without a token', async () => {
    const first = await tokenPair(server, client, {}, user);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    const { body: third } = await server.token(refreshing(second.refresh_token), client);
    const secrets = [first, second, third].flatMap((pair: TokenPair) => [pair.access_token, pair.refresh_token]);
    const msg = 'refresh token replayed, its token family was revoked';
    await expectRecorded(
      'refresh_token.replayed',
      msg,
      () => server.token(refreshing(first.refresh_token), client),
      secrets,
    );
  });

  it('F112: the replay of a code is one event and one log line', async () => {
    const code = await decide('allow');
    const { body } = await server.token(exchange(code), client);
    const msg = 'code replayed, its tokens were revoked';
    const secrets = [code, body.access_token, body.refresh_token];
    await expectRecorded('code.replayed', msg, () => server.token(exchange(code), client), secrets);
  });
});

describe('Audit events', () => {
  const root = join(import.meta.dirname, '../..');
  const read = (pattern: string) =>
    globSync(pattern, { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const kinds = [...(read('src/store/audit/record.ts')[0] ?? '').matchAll(/^ {2}\| '([a-z_.]+)'/gm)].map(
    ([, kind]) => kind,
  );

  it.each(kinds)('%s is recorded by the source and expected by a test', (kind) => {
    expect(kinds.length).toBeGreaterThan(25);
    expect(read('src/**/*.ts').filter((text) => text.includes(`'${kind}'`)).length).toBeGreaterThan(1);
    expect(read('test/**/*.test.ts').some((text) => text.includes(`'${kind}'`))).toBe(true);
  });

  it('events are only added: no statement updates them, and only the sweep deletes them', () => {
    for (const text of read('src/**/*.ts')) expect(text).not.toMatch(/(UPDATE|DELETE FROM|TRUNCATE) audit_events/i);
  });
});
