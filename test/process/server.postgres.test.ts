import { describe, expect, it } from 'vitest';
import { emptyDatabase } from '../support/database.ts';
import { openDatabase } from '../support/database-with-em.ts';
import { startServerProcess } from '../support/process.ts';
import { startServer } from '../support/server.ts';

describe('Five nodes that start at once on an empty database', () => {
  it('O277: all nodes become ready: one migrates while the others wait', async () => {
    const home = await emptyDatabase();
    const nodes = Array.from({ length: 5 }, () => startServerProcess(home.env));
    const addresses = await Promise.all(nodes.map(async ({ printed }) => (await printed(/ready at (\S+)\n/))[1] ?? ''));
    const health = await Promise.all(addresses.map(async (address) => (await fetch(`${address}/readyz`)).status));
    expect(health).toEqual([200, 200, 200, 200, 200]);

    const database = await openDatabase({ url: home.env.DATABASE_URL ?? '' });
    const names = await database.em().execute<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
    // Each node printed a set-up link that replaced the one before, so only the last one works.
    expect(await database.em().execute('SELECT 1 FROM setup_tickets')).toHaveLength(1);
    await database.close();

    for (const node of nodes) node.kill('SIGTERM');
    expect(await Promise.all(nodes.map(({ exit }) => exit))).toEqual([0, 0, 0, 0, 0]);
    expect(nodes.map(({ stderr }) => stderr).join('')).toBe('');
    await home.remove();
  });

  it('the nodes create one administrator from ADMIN_USERNAME', async () => {
    const home = await emptyDatabase();
    const env = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'long enough' };
    const nodes = await Promise.all(Array.from({ length: 5 }, () => startServer(env, home)));

    expect(await nodes[0]?.database.em().execute('SELECT username FROM users')).toEqual([{ username: 'root' }]);
    await Promise.all(nodes.map(({ close }) => close()));
    await home.remove();
  });
});

describe('Two nodes', () => {
  it('each node accepts tokens issued by the other', async () => {
    const home = await emptyDatabase();
    const [one, other] = [await startServer({}, home), await startServer({}, home)];
    const token = await one.accessToken({ scopes: ['profile'] });

    expect(await other.graphql('{ viewer { username } }', token)).toMatchObject({ status: 200 });
    await Promise.all([one.close(), other.close()]);
    await home.remove();
  });
});
