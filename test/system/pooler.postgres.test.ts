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

describe.skipIf(!pgbouncerPath)(
  'PostgreSQL behind PgBouncer in transaction mode (skipped where that is missing)',
  () => {
    let home: TestDatabase;
    let pooler: Pooler;
    let nodes: TestServer[];
    beforeAll(async () => {
      home = await emptyDatabase();
      pooler = await startPooler(home.env.DATABASE_URL ?? '');
      const env = { DATABASE_URL: `${pooler.url}?pgbouncer=true`, ISSUER: 'http://localhost:4400' };
      // An empty database: they race for the migrations as well.
      nodes = await Promise.all([startServer(env, home), startServer(env, home), startServer(env, home)]);
    });
    afterAll(async () => {
      await Promise.all((nodes ?? []).map(({ close }) => close()));
      await pooler?.stop();
      await home?.remove();
    });
    const node = (index: number): TestServer => nodes[index % nodes.length] as TestServer;

    it('is told apart where the URL does not say so', async () => {
      const start = startDatabase(loadConfig({ ...home.env, DATABASE_URL: pooler.url }));
      await expect(start).rejects.toThrow('DATABASE_URL leads to PgBouncer: add `?pgbouncer=true` to it');
    });

    it('is ready on every node', async () => {
      const ready = await Promise.all(nodes.map(({ request }) => request('/readyz')));
      expect(ready.map(({ status }) => status)).toEqual([200, 200, 200]);
    });

    it('serves thirty journeys at once over three connections', async () => {
      const client = await node(0).client({ servicePermissions: ['INTROSPECT'] });
      const journey = async (index: number): Promise<unknown[]> => {
        const pair = await tokenPair(node(index), client);
        const refreshed = await node(index + 1).token(refreshing(pair.refresh_token), client);
        const token = refreshed.body.access_token;
        const viewer = await node(index + 2).graphql('{ viewer { id } }', token);
        await revoke(node(index), refreshed.body.refresh_token, client);
        const { active } = (await introspect(node(index + 1), token, client)).body;
        return [refreshed.status, viewer.status, active];
      };
      const journeys = await Promise.all(Array.from({ length: 30 }, (_, index) => journey(index)));
      expect(journeys).toEqual(Array.from({ length: 30 }, () => [200, 200, false]));
    });

    it('changes what an administrator changes', async () => {
      const token = await node(0).accessToken({ user: await node(0).user({ superuser: true }) });
      const made = await Promise.all(
        Array.from({ length: 12 }, (_, index) => mutate(node(index), token, 'createGroup', { name: unique('pooled') })),
      );
      expect(made.map((answer) => (answer as { errors: unknown }).errors)).toEqual(
        Array.from({ length: 12 }, () => []),
      );
    });
  },
);
