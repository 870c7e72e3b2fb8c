import { afterAll, beforeAll, expect, it } from 'vitest';
import { statement } from '../../../src/store/connection/sql.ts';
import type { StartedDatabase } from '../../support/database-with-em.ts';
import { startOwnDatabase } from '../../support/own-database.ts';

let started: StartedDatabase;
beforeAll(async () => {
  started = await startOwnDatabase();
});
afterAll(() => started.close());

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
])('a text array is read back unchanged: %j', async (texts) => {
  expect((await started.database.sql(echo, [texts]))[0]?.texts).toEqual(texts);
});
