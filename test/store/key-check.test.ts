import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { makeKeyring } from '../../src/crypto/keyring.ts';
import { Refusal } from '../../src/store/connection/refusal.ts';
import { checkKeys } from '../../src/store/key-check.ts';
import { emptyDatabase, type TestDatabase } from '../support/database.ts';
import { type StartedDatabase, startDatabase } from '../support/database-with-em.ts';

const [FIRST, SECOND, THIRD] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];

describe('The key check', () => {
  let home: TestDatabase;
  let started: StartedDatabase;
  const check = (...keys: string[]) => checkKeys(started.database.sql, makeKeyring(keys));

  beforeAll(async () => {
    home = await emptyDatabase();
    started = await startDatabase(loadConfig({ ...home.env, SECRET_KEY: FIRST }));
  });
  afterAll(async () => {
    await started.close();
    await home.remove();
  });

  it('a node with the same key can start any number of times', async () => {
    await check(FIRST);
    await check(FIRST);
    expect(await started.database.em().execute('SELECT id FROM key_checks')).toHaveLength(1);
  });

  it("a node without the database's key is refused, and the error says what to set", async () => {
    const refusal = await check(SECOND, THIRD).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(Refusal);
    expect(String(refusal)).toContain('SECRET_KEY is not the key this database was made with');
    expect(String(refusal)).not.toContain(SECOND);
    await check(FIRST);
  });

  it("a new key in front of the old one becomes the database's key, and the old one can be removed", async () => {
    await check(SECOND, FIRST);
    await check(SECOND);
    await expect(check(FIRST)).rejects.toThrow(Refusal);
  });

  it('nodes that start at once pass the check', async () => {
    await Promise.all([check(THIRD, SECOND), check(SECOND, THIRD), check(THIRD, SECOND), check(SECOND, THIRD)]);
    await check(SECOND, THIRD);
  });

  it('nothing stored reveals a key', async () => {
    const [row] = await started.database
      .em()
      .execute<{ text: string }[]>('SELECT key_checks::text AS text FROM key_checks');

    for (const key of [FIRST, SECOND, THIRD]) {
      expect(row?.text).not.toContain(key);
      expect(row?.text).not.toContain(Buffer.from(key).toString('hex'));
    }
  });
});

describe('A directory whose key was lost', () => {
  it('a directory is refused if its key was lost, instead of silently getting another key', async () => {
    const home = await emptyDatabase();
    const first = await startDatabase(loadConfig({ ...home.env, SECRET_KEY: FIRST }));
    await first.close();

    await expect(startDatabase(loadConfig({ ...home.env, SECRET_KEY: SECOND }))).rejects.toThrow(
      /SECRET_KEY is not the key/,
    );
    await home.remove();
  });
});
