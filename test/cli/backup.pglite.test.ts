import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migratedDatabase } from '../support/database.ts';
import { gatehouse } from '../support/process.ts';
import { startServer } from '../support/server.ts';
import { refreshing, tokenPair } from '../support/token-forms.ts';

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function ownDatabase() {
  const home = await migratedDatabase();
  onTestFinished(() => home.remove());
  return home;
}

describe('gatehouse backup, gatehouse restore', () => {
  it('restore everything into another directory, so that issued tokens stay valid', async () => {
    const home = await ownDatabase();
    const before = await startServer({}, home);
    const client = await before.client();
    const pair = await tokenPair(before, client);
    await before.close();

    const directory = temporaryDirectory();
    const [file, DATA_DIR] = [join(directory, 'backup'), join(directory, 'data')];
    const made = await gatehouse(['backup', file, '--json'], home.env);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(JSON.parse(made.stdout).tables).toMatchObject({ users: { rows: 1 }, refresh_tokens: { rows: 1 } });
    expect(statSync(file).mode & 0o777).toBe(0o600);

    expect((await gatehouse(['restore', file], { DATA_DIR })).stdout).toMatch(/^Restored \d+ rows of \d+ tables into/);
    const after = await startServer({}, { env: { DATA_DIR }, remove: async () => {} });
    expect((await after.graphql('{ viewer { sub } }', pair.access_token)).status).toBe(200);
    expect((await after.token(refreshing(pair.refresh_token), client)).status).toBe(200);
    await after.close();

    expect(await gatehouse(['restore', file], { DATA_DIR })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already has a database'),
    });
    expect(await gatehouse(['backup', file], home.env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already exists'),
    });
  });

  it('verify a backup without changing a directory', async () => {
    const [home, directory] = [await ownDatabase(), temporaryDirectory()];
    const [file, damaged, DATA_DIR] = ['backup', 'damaged', 'data'].map((name) => join(directory, name));
    await gatehouse(['backup', file ?? ''], home.env);
    const env = { DATA_DIR: DATA_DIR ?? '' };
    expect(await gatehouse(['restore', '--verify', file ?? ''], env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The backup is valid: \d+ rows of \d+ tables\n$/),
    });
    const bytes = readFileSync(file ?? '');
    const at = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(damaged ?? '', bytes);
    for (const [bad, message] of [
      [damaged, 'is damaged'],
      [join(import.meta.dirname, 'backup.pglite.test.ts'), 'is not a Gatehouse backup'],
      [join(directory, 'nowhere'), 'cannot be read: ENOENT'],
    ])
      expect(await gatehouse(['restore', bad ?? ''], env)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(message ?? ''),
      });
    expect(() => statSync(DATA_DIR ?? '')).toThrow('ENOENT');
  });
});
