import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rotateClientSecret } from '../../../src/oauth/registration/secrets.ts';
import { retentionOf, sweep } from '../../../src/store/sweep.ts';
import { type TestClient, theOperator } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import type { TestResponse } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { present } from '../../support/stolen-credentials.ts';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  // The administrator's token must not expire while the tests advance the clock.
  server = await startServer({ ACCESS_TOKEN_TTL: '864000' });
  admin = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const passTime = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

async function rotate({ clientId }: TestClient, overlapSeconds?: number, label?: string): Promise<TestClient> {
  const change = { overlapSeconds, label };
  const { secret } = await rotateClientSecret(server.database.em(), theOperator(), clientId, change);
  return { clientId, secret };
}

const use = (client: TestClient): Promise<TestResponse> => server.token({ grant_type: 'client_credentials' }, client);
const works = async (client: TestClient): Promise<boolean> => (await use(client)).status === 200;

interface Listed {
  readonly id: string;
  readonly label: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

/** The secrets of a client as the API lists them. */
async function listed({ clientId }: TestClient): Promise<Listed[]> {
  const fields = 'id label createdAt expiresAt lastUsedAt';
  const { body } = await server.graphql(`{ client(clientId: "${clientId}") { secrets { ${fields} } } }`, admin);
  return body.data.client.secrets;
}

/** The warnings in the log from line `from` on. */
const warningsSince = (from: number) =>
  server.log
    .slice(from)
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level === 40);

describe('OWASP ASVS 5 §13.3.4: rotation of client secrets', () => {
  it('E92: several secrets are valid at the same time, each with a label and an expiry, and each is returned once', async () => {
    const first = await server.client();
    const second = await rotate(first, 3600, 'the new machine');
    const third = await rotate(first, 7200, 'the newest');
    for (const client of [first, second, third]) expect(await works(client)).toBe(true);
    const secrets = await listed(first);
    expect(secrets.map(({ label }) => label)).toEqual(['', 'the new machine', 'the newest']);
    const ends = secrets.map(
      ({ expiresAt }) => expiresAt && Math.round((Date.parse(expiresAt) - Date.now()) / 600_000),
    );
    expect(ends).toEqual([6, 12, null]);
    for (const { secret } of [first, second, third]) expect(JSON.stringify(secrets)).not.toContain(secret);

    passTime(3601);
    expect(await Promise.all([first, second, third].map(works))).toEqual([false, true, true]);
    passTime(3600);
    expect(await Promise.all([first, second, third].map(works))).toEqual([false, false, true]);
  });

  it('E92: a client has at most ten valid secrets, and expired ones are deleted', async () => {
    const first = await server.client();
    for (let round = 0; round < 9; round++) await rotate(first, 3600);
    await expect(rotate(first, 3600)).rejects.toThrow(/has 10 valid secrets/);
    for (let round = 0; round < 25; round++) await rotate(first, 0);
    expect(await listed(first)).toHaveLength(1);
    const rows = await server.database
      .em()
      .execute('SELECT s.id FROM client_secrets s JOIN clients c ON c.id = s.client_id WHERE c.client_id = ?', [
        first.clientId,
      ]);
    expect(rows.length).toBeLessThanOrEqual(12);
  });

  it('the API shows to the hour when each secret was last used', async () => {
    const first = await server.client();
    const second = await rotate(first);
    expect((await listed(first)).map(({ lastUsedAt }) => lastUsedAt)).toEqual([null, null]);
    await use(first);
    const [used, unused] = (await listed(first)).map(({ lastUsedAt }) => lastUsedAt);
    expect(Date.parse(used ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(unused).toBeNull();
    passTime(1800);
    await use(first);
    expect((await listed(first))[0]?.lastUsedAt).toBe(used);
    passTime(1801);
    await use(first);
    await use(second);
    const [later, also] = (await listed(first)).map(({ lastUsedAt }) => Date.parse(lastUsedAt ?? ''));
    expect(later).toBeGreaterThan(Date.parse(used ?? '') + 3_600_000);
    expect(also).toBeGreaterThan(Date.parse(used ?? ''));
  });
});

describe('RFC 6749 §5.2: an expired secret is reported in the log but not to the client', () => {
  it('the log names the expired secret that a client sent, until the sweep deletes it', async () => {
    const first = await server.client();
    const [{ id } = { id: '' }] = await listed(first);
    await rotate(first, 0);
    const from = server.log.length;
    const response = await use(first);
    expectTokenError(response, 401, 'invalid_client');
    expect(response.body).toEqual((await use({ ...first, secret: 'wrong' })).body);
    const [warning, ...more] = warningsSince(from);
    expect(more).toEqual([]);
    const msg = 'client sent an expired secret';
    expect(warning).toMatchObject({ client: first.clientId, secret: id, msg });
    expect(warning.requestId).toBe(response.headers.get('X-Request-Id'));
    expect(server.log.join('')).not.toContain(first.secret);

    passTime(31 * 86_400);
    await sweep(server.database.sql, new Date(), retentionOf(server.config));
    const swept = server.log.length;
    expectTokenError(await use(first), 401, 'invalid_client');
    expect(warningsSince(swept)).toEqual([]);
  });

  it.each(['hex', 'base64', 'base64url'] as const)(
    'the log reports a client that sends the stored digest in %s',
    async (encoding) => {
      const client = await server.client();
      const secret = createHash('sha256').update(client.secret).digest(encoding);
      const from = server.log.length;
      const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: secret };
      const response = await present(server, '/oauth/token', form);
      expectTokenError(response, 401, 'invalid_client');
      expect(response.body).toEqual((await use({ ...client, secret: 'wrong' })).body);
      expect(warningsSince(from)).toMatchObject([
        { client: client.clientId, msg: 'client sent the stored digest of its secret instead of the secret' },
      ]);
      expect(server.log.join('')).not.toContain(secret);
    },
  );
});
