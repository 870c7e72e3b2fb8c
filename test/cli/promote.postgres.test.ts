import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../support/database.ts';
import { openDatabase } from '../support/database-with-em.ts';
import { gatehouse } from '../support/process.ts';
import { startServer } from '../support/server.ts';
import { refreshing, tokenPair } from '../support/token-forms.ts';

async function ownDatabase(making: Promise<TestDatabase>): Promise<TestDatabase> {
  const home = await making;
  onTestFinished(() => home.remove());
  return home;
}

function embedded(): TestDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-promote-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return { env: { DATA_DIR: directory }, remove: async () => {} };
}

describe('gatehouse db promote', () => {
  it('the command copies everything to PostgreSQL, so that issued tokens stay valid', async () => {
    const [home, target] = [embedded(), await ownDatabase(emptyDatabase())];
    const before = await startServer({}, home);
    const client = await before.client({ name: `O'Reilly, "quoted" \\ and {braces} NULL` });
    const first = await tokenPair(before, client);
    const { body: pair } = await before.token(refreshing(first.refresh_token), client);
    await before.close();

    const url = target.env.DATABASE_URL ?? '';
    const moved = await gatehouse(['db', 'promote', url], home.env);
    expect([moved.code, moved.stderr]).toEqual([0, '']);
    expect(moved.stdout).toContain(`SECRET_KEY_FILE=${home.env.DATA_DIR}/secret-key`);

    const env = { DATABASE_URL: url, SECRET_KEY_FILE: `${home.env.DATA_DIR}/secret-key`, ISSUER: before.config.issuer };
    const after = await startServer({}, { env, remove: async () => {} });
    expect((await after.graphql('{ viewer { sub } }', pair.access_token)).status).toBe(200);
    expect((await after.token(refreshing(pair.refresh_token), client)).status).toBe(200);
    await after.close();

    const again = await gatehouse(['db', 'promote', url], home.env);
    expect([again.code, again.stderr]).toEqual([
      1,
      'The target database is not empty: it has rows in users. Use a new database.\n',
    ]);
  });

  it('a failed run leaves no rows and can be repeated', async () => {
    const [home, target] = [embedded(), await ownDatabase(migratedDatabase())];
    const url = target.env.DATABASE_URL ?? '';
    expect((await gatehouse(['seed'], home.env)).code).toBe(0);
    const database = await openDatabase({ url });
    onTestFinished(() => database.close());
    const em = database.em();
    await em.execute('DELETE FROM key_checks');
    await em.execute("ALTER TABLE users ADD CONSTRAINT planted CHECK (username <> 'testuser')");

    expect((await gatehouse(['db', 'promote', url], home.env)).code).toBe(1);
    expect(await em.execute('SELECT 1 FROM users UNION ALL SELECT 1 FROM key_checks')).toEqual([]);
    await em.execute('ALTER TABLE users DROP CONSTRAINT planted');
    expect((await gatehouse(['db', 'promote', url], home.env)).code).toBe(0);
    expect(await em.execute('SELECT username FROM users ORDER BY username')).toEqual([
      { username: 'admin' },
      { username: 'testuser' },
    ]);
  });

  it('the command refuses an invalid target URL and a source that is not embedded', async () => {
    const target = await ownDatabase(emptyDatabase());
    const url = target.env.DATABASE_URL ?? '';
    const [bad, wrong] = await Promise.all([
      gatehouse(['db', 'promote', 'mysql://x'], embedded().env),
      gatehouse(['db', 'promote', url], target.env),
    ]);
    expect([bad.code, bad.stderr]).toEqual([1, 'The target URL must begin with postgres://.\n']);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'The database is not embedded. To copy the embedded database, unset DATABASE_URL.\n',
    ]);
  });
});
