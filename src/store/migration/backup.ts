import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { lockDataDirectory, writeSecretKey } from '../connection/data-directory.ts';
import { openDatabase } from '../connection/database.ts';
import { openEmbeddedDatabase } from '../connection/embedded-database.ts';
import { entityManager } from '../connection/orm.ts';
import { Refusal } from '../connection/refusal.ts';
import { differingTables, digestTables, type TableDigests } from './table-digests.ts';

/** A backup is a line that says what it is, a line of JSON, and the directory of the database as PGlite packs it. */
const KIND = 'gatehouse backup 1';

const manifestForm = z.object({
  tables: z.record(z.string(), z.object({ rows: z.number(), digest: z.string() })),
  /** SHA-256 of what follows, base64url. */
  contents: z.string(),
  /** Only where it lies beside the database: without it the signing keys could not be opened. */
  secretKey: z.string().optional(),
});
type Manifest = z.infer<typeof manifestForm>;

interface Backup {
  readonly manifest: Manifest;
  readonly contents: Buffer;
}

/** Writes all of an embedded database into one file, whole or not at all, and tries it out. */
export async function backUp(pglite: PGlite, secretKey: string | undefined, file: string): Promise<TableDigests> {
  if (existsSync(file)) throw new Refusal(`${resolve(file)} is there already: a backup overwrites nothing.`);
  const tables = await digestsOf(pglite);
  const dump = await pglite.dumpDataDir('gzip');
  const contents = Buffer.from(await dump.arrayBuffer());
  const manifest: Manifest = {
    tables,
    contents: checksum(contents),
    ...(secretKey !== undefined && { secretKey }),
  };
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', 0o600);
  writeSync(descriptor, `${KIND}\n${JSON.stringify(manifest)}\n`);
  writeSync(descriptor, contents);
  fsyncSync(descriptor);
  closeSync(descriptor);
  await verifyBackup(unfinished);
  renameSync(unfinished, file);
  return tables;
}

/** Opens what is in the file, in memory, and compares each table with what it was. */
export async function verifyBackup(file: string): Promise<TableDigests> {
  const { manifest, contents } = readBackup(file);
  const pglite = await PGlite.create({ loadDataDir: asFile(contents) });
  try {
    const wrong = differingTables(await digestsOf(pglite), manifest.tables);
    if (wrong.length > 0) throw new Refusal(`${resolve(file)} is damaged: ${wrong.join(', ')} is not what it was.`);
  } finally {
    await pglite.close();
  }
  return manifest.tables;
}

/** Puts a verified backup into a directory that has no database yet. */
export async function restore(file: string, dataDir: string): Promise<TableDigests> {
  const tables = await verifyBackup(file);
  const { manifest, contents } = readBackup(file);
  const directory = await lockDataDirectory(dataDir);
  try {
    for (const name of ['database', 'secret-key'])
      if (existsSync(join(directory.path, name)))
        throw new Refusal(`${resolve(directory.path)} has a ${name} already: set a DATA_DIR that has none.`);
    const pglite = await openEmbeddedDatabase(directory, asFile(contents));
    await pglite.close();
    if (manifest.secretKey !== undefined) writeSecretKey(directory, manifest.secretKey);
  } finally {
    directory.release();
  }
  return tables;
}

function readBackup(file: string): Backup {
  const bytes = readIt(file);
  const [first, second] = [bytes.indexOf('\n'), bytes.indexOf('\n', bytes.indexOf('\n') + 1)];
  if (bytes.toString('utf8', 0, first) !== KIND) throw new Refusal(`${resolve(file)} is not a backup of Gatehouse.`);
  const contents = bytes.subarray(second + 1);
  const manifest = manifestForm.safeParse(parsed(bytes.toString('utf8', first + 1, second)));
  if (!manifest.success || checksum(contents) !== manifest.data.contents)
    throw new Refusal(`${resolve(file)} is damaged: it is not what was written.`);
  return { manifest: manifest.data, contents };
}

function readIt(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal(`${resolve(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const checksum = (contents: Buffer): string => createHash('sha256').update(contents).digest('base64url');

const asFile = (contents: Buffer): File => new File([new Uint8Array(contents)], 'database.tar.gz');

/** Nothing is closed here: the embedded database is its caller's. */
async function digestsOf(pglite: PGlite): Promise<TableDigests> {
  const database = await openDatabase({ pglite });
  return entityManager(database).transactional(digestTables);
}
