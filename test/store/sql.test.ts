import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { statement } from '../../src/store/sql.ts';
import { type StartedDatabase, startDatabase } from '../../src/store/start-database.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';

let home: TestDatabase;
let started: StartedDatabase;
beforeAll(async () => {
  home = await migratedDatabase();
  started = await startDatabase(loadConfig(home.env));
});
afterAll(async () => {
  await started.close();
  await home.remove();
});

const echo = statement<{ texts: (string | null)[] }>('echo-texts', 'SELECT $1::text[] AS texts');

it.each([
  [[]],
  [['']],
  [['read']],
  [['read', 'profile', 'https://api.example/v1?a=b#c']],
  [['with, comma', ' spaces ', '{braces}', '"quotes"', 'back\\slash', '']],
  [['NULL', 'null', 'NULLABLE', null, 'x']],
  [['NULLABLE', null]],
  [['größer', '😀', 'line\nbreak', 'tab\t']],
])('an array of texts comes back as it went: %j', async (texts) => {
  expect((await started.database.sql(echo, [texts]))[0]?.texts).toEqual(texts);
});
