import { availableParallelism } from 'node:os';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { digest, makeHandle } from '../../src/crypto/secrets.ts';
import { unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** More than can be checked and wait at once. */
const CROWD = availableParallelism() + 100;

let server: TestServer;
let lock: Client;
beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: '1' });
});
afterAll(() => server.close());

/** No failure can be counted, so that those that are checked stay where they are and the others wait. */
beforeEach(async () => {
  lock = new Client(server.config.databaseUrl);
  await lock.connect();
  await lock.query('BEGIN');
  await lock.query('LOCK TABLE rate_limits IN SHARE MODE');
});
afterEach(() => lock.end());

interface Visitor {
  readonly cookie: string;
  readonly csrf: string;
}

async function visitor(cookies = ''): Promise<Visitor> {
  const form = await server.request('/login', { headers: { Cookie: cookies } });
  const [own = ''] = form.headers.getSetCookie().map((line) => line.split(';')[0]);
  const csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  return { cookie: cookies === '' ? own : `${own}; ${cookies}`, csrf };
}

const signIn = ({ cookie, csrf }: Visitor, username: string, password: string, address: string): Promise<Response> =>
  server.request('/login', {
    method: 'POST',
    body: new URLSearchParams({ csrf, username, password }),
    headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': address },
  });

/** Guesses that nobody waits for. */
class Flood {
  readonly statuses: number[] = [];
  readonly #all: Promise<unknown>[] = [];
  readonly #guess: (index: number) => Promise<Response>;

  constructor(guess: (index: number) => Promise<Response>) {
    this.#guess = guess;
  }

  add(count: number): void {
    for (let sent = 0; sent < count; sent++) {
      const guess = this.#guess(this.#all.length).then(async (response) => {
        await response.body?.cancel();
        this.statuses.push(response.status);
      });
      this.#all.push(guess);
    }
  }

  /** Until so many had to leave the queue. */
  async dropped(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.statuses.filter((status) => status === 503)).toHaveLength(count), {
      timeout: 10_000,
    });
  }

  async ended(): Promise<void> {
    await Promise.all(this.#all);
  }
}

/** Guesses at accounts that do not exist, each from the address of its number. */
const strangers = (as: Visitor, address: (index: number) => string): Flood =>
  new Flood((index) => signIn(as, unique('nobody'), 'Summer2026!', address(index)));

describe('OWASP ASVS 5 §6.3.1: who guesses from many networks does not keep others out', () => {
  it('a flood from the networks of one /48 leaves users of other networks able to sign in', async () => {
    const user = await server.user();
    const [attacker, owner] = [await visitor(), await visitor()];
    const flood = strangers(attacker, (index) => `2001:db8:1:${(index * 256).toString(16)}::1`);
    flood.add(CROWD + 20);
    await flood.dropped(20);
    const signedIn = signIn(owner, user.username, user.password, '2001:db8:2::1');
    await flood.dropped(21);
    flood.add(50);
    await flood.dropped(71);
    await lock.query('ROLLBACK');
    expect((await signedIn).status).toBe(303);
    await flood.ended();
    expect(flood.statuses.filter((status) => status !== 503 && status !== 401)).toEqual([]);
  });

  it('from many networks: unknown browsers get an error, and a browser that signed in before signs in', async () => {
    const [user, other] = [await server.user(), await server.user()];
    await lock.query('ROLLBACK');
    const before = await signIn(await visitor(), user.username, user.password, '198.51.100.1');
    const remembered = before.headers.getSetCookie().find((line) => line.startsWith('gatehouse-known-'));
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE rate_limits IN SHARE MODE');

    const [attacker, stranger, owner] = [await visitor(), await visitor(), await visitor(remembered?.split(';')[0])];
    const flood = strangers(attacker, (index) => `2001:db8:${(index + 16).toString(16)}::1`);
    flood.add(CROWD + 20);
    await flood.dropped(20);
    const refused = signIn(stranger, other.username, other.password, '203.0.113.1');
    await flood.dropped(21);
    const signedIn = signIn(owner, user.username, user.password, '198.51.100.2');
    flood.add(100);
    expect((await refused).status).toBe(503);
    expect((await refused).headers.get('Retry-After')).toBe('1');
    await lock.query('ROLLBACK');
    expect((await signedIn).status).toBe(303);
    await flood.ended();
  });

  it('from many browsers of three users: another user signs in in a browser that signed in before', async () => {
    const [users, owner] = [[await server.user(), await server.user(), await server.user()], await server.user()];
    await lock.query('ROLLBACK');
    const before = await signIn(await visitor(), owner.username, owner.password, '198.51.100.3');
    const remembered = before.headers.getSetCookie().find((line) => line.startsWith('gatehouse-known-')) ?? '';
    // As many as are remembered for a user.
    const browsers = users.flatMap(({ username }) =>
      Array.from({ length: 50 }, () => ({ username, handle: makeHandle() })),
    );
    await lock.query(
      `INSERT INTO known_browsers (digest, user_id, expires_at)
       SELECT b.digest, u.id, now() + interval '1 day' FROM unnest($1::bytea[], $2::text[]) AS b (digest, username)
       JOIN users u ON u.username = b.username`,
      [browsers.map(({ handle }) => digest(handle)), browsers.map(({ username }) => username)],
    );
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE rate_limits IN SHARE MODE');

    const [attacker, victim] = [await visitor(), await visitor(remembered.split(';')[0])];
    const [name] = remembered.split('=');
    const flood = new Flood((index) => {
      const { username, handle } = browsers[index % browsers.length]!;
      const browser = { ...attacker, cookie: `${attacker.cookie}; ${name}=${handle}` };
      return signIn(browser, username, 'Summer2026!', '198.51.100.4');
    });
    flood.add(CROWD + 20);
    await flood.dropped(20);
    const signedIn = signIn(victim, owner.username, owner.password, '198.51.100.5');
    await flood.dropped(21);
    flood.add(100);
    await flood.dropped(121);
    await lock.query('ROLLBACK');
    expect((await signedIn).status).toBe(303);
    await flood.ended();
  });

  it('a network that has to wait takes no place in the queue', async () => {
    await lock.query('ROLLBACK');
    const attacker = await visitor();
    const address = () => '203.0.113.77';
    const guesses = strangers(attacker, address);
    for (let round = 0; round < 31; round++) {
      guesses.add(1);
      await guesses.ended();
    }
    expect(guesses.statuses.filter((status) => status === 429)).toHaveLength(1);
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE rate_limits IN SHARE MODE');
    const blocked = strangers(attacker, address);
    blocked.add(CROWD + 20);
    await blocked.ended();
    expect(new Set(blocked.statuses)).toEqual(new Set([429]));
  });
});
