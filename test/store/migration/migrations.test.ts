import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { ormOf } from '../../../src/store/connection/orm.ts';
import { emptyDatabase, type TestDatabase } from '../../support/database.ts';
import { type StartedDatabase, startDatabase } from '../../support/database-with-em.ts';
import { gatehouse } from '../../support/process.ts';

describe('The migrations on an empty database', () => {
  let home: TestDatabase;
  let started: StartedDatabase;

  beforeAll(async () => {
    home = await emptyDatabase();
    started = await startDatabase(loadConfig(home.env));
  });
  afterAll(async () => {
    await started.close();
    await home.remove();
  });

  it('the schema generator finds nothing to change', async () => {
    expect(started.migrated.length).toBeGreaterThan(0);
    expect(await ormOf(started.database).schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
  });

  it('the migrations create the GraphiQL client and no users', async () => {
    const rows = await started.database.em().execute('SELECT client_id, built_in FROM clients');

    expect(rows).toEqual([{ client_id: 'gatehouse-graphiql', built_in: true }]);
    expect(await started.database.em().execute('SELECT username FROM users')).toEqual([]);
  });
});

describe('S0-02: `gatehouse migrate`', () => {
  it('the command migrates the database to the current schema, and a second run changes nothing', async () => {
    const home = await emptyDatabase();
    const first = await gatehouse(['migrate', '--json'], home.env);
    const second = await gatehouse(['migrate', '--json'], home.env);
    const third = await gatehouse(['migrate'], { ...home.env, MIGRATE: 'check' });

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout).migrated.length).toBeGreaterThan(0);
    expect(second).toMatchObject({ code: 0, stdout: '{"migrated":[]}\n', stderr: '' });
    expect(third).toMatchObject({ code: 0, stdout: 'Nothing to do: the database is up to date\n' });
    await home.remove();
  });
});
