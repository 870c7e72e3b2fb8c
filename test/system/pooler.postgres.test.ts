import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startDatabase } from '../../src/store/start-database.ts';
import { mutate } from '../graphql/mutate.ts';
import { introspect, revoke } from '../support/client-endpoints.ts';
import { emptyDatabase, type TestDatabase } from '../support/database.ts';
import { unique } from '../support/fixtures.ts';
import { type Pooler, pgbouncerPath, startPooler } from '../support/pooler.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { refreshing, tokenPair } from '../support/token-forms.ts';

describe.skipIf(!pgbouncerPath)('PostgreSQL behind PgBouncer in transaction mode (skipped if not installed)', () => {
  let home: TestDatabase;
  let pooler: Pooler;
  let nodes: TestServer[];
  beforeAll(async () => {
    home = await emptyDatabase();
    pooler = await startPooler(home.env.DATABASE_URL ?? '');
    const env = { DATABASE_URL: `${pooler.url}?pgbouncer=true`, ISSUER: 'http://localhost:4400' };
    // An empty database, so that the nodes race for the migrations as well.
    nodes = await Promise.all([startServer(env, home), startServer(env, home), startServer(env, home)]);
  });
  afterAll(async () => {
    await Promise.all((nodes ?? []).map(({ close }) => close()));
    await pooler?.stop();
    await home?.remove();
  });
  const node = (index: number): TestServer => nodes[index % nodes.length] as TestServer;

  it('the start fails if the URL does not say pgbouncer=true', async () => {
    const start = startDatabase(loadConfig({ ...home.env, DATABASE_URL: pooler.url }));
    await expect(start).rejects.toThrow('DATABASE_URL leads to PgBouncer: add `?pgbouncer=true` to it');
  });

  it('every node is ready', async () => {
    const ready = await Promise.all(nodes.map(({ request }) => request('/readyz')));
    expect(ready.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('three connections serve thirty clients at once', async () => {
    const client = await node(0).client({ servicePermissions: ['INTROSPECT'] });
    const runFlow = async (index: number): Promise<unknown[]> => {
      const pair = await tokenPair(node(index), client);
      const refreshed = await node(index + 1).token(refreshing(pair.refresh_token), client);
      const token = refreshed.body.access_token;
      const viewer = await node(index + 2).graphql('{ viewer { sub } }', token);
      await revoke(node(index), refreshed.body.refresh_token, client);
      const { active } = (await introspect(node(index + 1), token, client)).body;
      return [refreshed.status, viewer.status, active];
    };
    const results = await Promise.all(Array.from({ length: 30 }, (_, index) => runFlow(index)));
    expect(results).toEqual(Array.from({ length: 30 }, () => [200, 200, false]));
  });

  it('administrative mutations work', async () => {
    const token = await node(0).accessToken({ user: await node(0).user({ superuser: true }) });
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, index) => mutate(node(index), token, 'createGroup', { name: unique('pooled') })),
    );
    expect(made.map((answer) => (answer as { errors: unknown }).errors)).toEqual(Array.from({ length: 12 }, () => []));
  });
});
