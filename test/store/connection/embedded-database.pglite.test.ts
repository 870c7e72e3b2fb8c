import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { emptyDatabase } from '../../support/database.ts';
import { startDatabase } from '../../support/database-with-em.ts';
import { startServerProcess } from '../../support/process.ts';

async function emptyDirectory(): Promise<string> {
  const { env, remove } = await emptyDatabase();
  onTestFinished(remove);
  return env.DATA_DIR ?? '';
}

describe('The first start on an empty directory', () => {
  it.each([300, 700, 1100, 1500])(
    'the next start succeeds if the first one is killed after %d ms',
    async (milliseconds) => {
      const directory = await emptyDirectory();
      const first = startServerProcess({ DATA_DIR: directory });
      await wait(milliseconds);
      first.kill('SIGKILL');
      await first.exit;

      const next = startServerProcess({ DATA_DIR: directory });
      await next.printed(/ready at /);
      next.kill('SIGTERM');
      expect(await next.exit).toBe(0);
    },
  );

  it('an incomplete database of an earlier start is deleted', async () => {
    const directory = await emptyDirectory();
    mkdirSync(join(directory, 'database'));
    writeFileSync(join(directory, 'database', 'PG_VERSION'), 'half');
    writeFileSync(join(directory, 'database-unfinished'), '');

    const { migrated, close } = await startDatabase(loadConfig({ DATA_DIR: directory }));
    expect(migrated.length).toBeGreaterThan(0);
    expect(existsSync(join(directory, 'database-unfinished'))).toBe(false);
    await close();
  });
});

describe('A later start', () => {
  it('a later start finds the data that was written', async () => {
    const directory = await emptyDirectory();
    const first = await startDatabase(loadConfig({ DATA_DIR: directory }));
    await first.database.em().execute("INSERT INTO scopes VALUES ('kept', 'Kept', now())");
    await first.close();

    const { migrated, database, close } = await startDatabase(loadConfig({ DATA_DIR: directory }));
    expect(migrated).toEqual([]);
    expect(await database.em().execute('SELECT name FROM scopes')).toEqual([{ name: 'kept' }]);
    await close();
  });
});
