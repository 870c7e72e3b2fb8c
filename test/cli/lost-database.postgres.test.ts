import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../support/database.ts';
import { operatorSession } from '../support/fault-site.ts';
import { type Ended, finish, type GatehouseProcess, run, startServerProcess } from '../support/process.ts';

const REASON = 'The database cannot be reached: terminating connection due to administrator command';

async function own(making: Promise<TestDatabase>): Promise<{ env: Record<string, string>; url: string }> {
  const home = await making;
  onTestFinished(() => home.remove());
  return { env: home.env, url: home.env.DATABASE_URL ?? '' };
}

async function operatorOf(url: string, sql: string): Promise<pg.Client> {
  const operator = await operatorSession(url);
  onTestFinished(() => operator.end());
  await operator.query(sql);
  return operator;
}

/** Terminates the connection of the process as soon as it waits for a lock. */
async function loseConnection(url: string, process: GatehouseProcess): Promise<Ended> {
  const operator = await operatorSession(url);
  const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'gatehouse' AND datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await operator.query(terminate)).rowCount, { timeout: 20_000 }).toBe(1);
  await operator.end();
  return finish(process);
}

const cli = (env: Record<string, string>, ...args: string[]) => run('src/cli.ts', args, env);

/** A table of this name that is not committed, so that a migration waits for it. */
const HOLD_MIGRATION = 'BEGIN; CREATE TABLE clients ()';

describe('A connection that is lost while a migration waits', () => {
  it('ends npm start with exit code 1 and one sentence', async () => {
    const { env, url } = await own(emptyDatabase());
    await operatorOf(url, HOLD_MIGRATION);
    const { code, stdout, stderr } = await loseConnection(url, startServerProcess(env));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`${REASON}\n`);
  });

  it('ends gatehouse migrate with exit code 1 and one sentence, and a second run migrates', async () => {
    const { env, url } = await own(emptyDatabase());
    const operator = await operatorOf(url, HOLD_MIGRATION);
    const { code, stderr } = await loseConnection(url, cli(env, 'migrate'));
    expect(code).toBe(1);
    expect(stderr).toBe(`${REASON}\n`);
    await operator.query('ROLLBACK');
    expect(await finish(cli(env, 'migrate'))).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('A connection that is lost while a command changes the database', () => {
  it('ends gatehouse client create with exit code 1, in JSON with --json', async () => {
    const { env, url } = await own(migratedDatabase());
    await operatorOf(url, 'BEGIN; LOCK TABLE clients IN SHARE MODE');
    const create = ['client', 'create', '--name', 'Shop', '--grant-type', 'client_credentials', '--json'];
    const { code, stdout, stderr } = await loseConnection(url, cli(env, ...create));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'UNAVAILABLE', message: REASON } });
  });

  it('ends gatehouse db promote with exit code 1 and leaves the target empty', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-promote-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    expect((await finish(cli({ DATA_DIR: directory }, 'seed'))).code).toBe(0);
    const { url } = await own(migratedDatabase());
    const operator = await operatorOf(url, 'DELETE FROM key_checks');
    await operator.query('BEGIN; LOCK TABLE users IN SHARE MODE');
    const { code, stdout, stderr } = await loseConnection(
      url,
      cli({ DATA_DIR: directory }, 'db', 'promote', url, '--json'),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'UNAVAILABLE', message: REASON } });
    await operator.query('ROLLBACK');
    expect((await operator.query('SELECT FROM users')).rowCount).toBe(0);
  });
});
