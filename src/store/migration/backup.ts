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

/** The first line of a backup file. A line of JSON and the database directory as packed by PGlite follow. */
const KIND = 'gatehouse backup 1';

const manifestSchema = z.object({
  tables: z.record(z.string(), z.object({ rows: z.number(), digest: z.string() })),
  /** SHA-256 of the packed directory, base64url. */
  contents: z.string(),
  /** Set if the key is stored in the data directory, because the signing keys cannot be unsealed without it. */
  secretKey: z.string().optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

interface Backup {
  readonly manifest: Manifest;
  readonly contents: Buffer;
}

/** Writes the embedded database into a new file atomically, and verifies the file before it gets its name. */
export async function backUp(pglite: PGlite, secretKey: string | undefined, file: string): Promise<TableDigests> {
  if (existsSync(file))
    throw new Refusal(`${resolve(file)} already exists. Choose another file; a backup overwrites nothing.`);
  const tables = await digestDatabase(pglite);
  const dump = await pglite.dumpDataDir('gzip');
  const contents = Buffer.from(await dump.arrayBuffer());
  const manifest: Manifest = {
    tables,
    contents: checksum(contents),
    ...(secretKey !== undefined && { secretKey }),
  };
  const temporary = `${file}.unfinished`;
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', 0o600);
  writeSync(descriptor, `${KIND}\n${JSON.stringify(manifest)}\n`);
  writeSync(descriptor, contents);
  fsyncSync(descriptor);
  closeSync(descriptor);
  await verifyBackup(temporary);
  renameSync(temporary, file);
  return tables;
}

/** Opens the backup in memory and compares the digest of each table with the manifest. */
export async function verifyBackup(file: string): Promise<TableDigests> {
  const { manifest, contents } = readBackup(file);
  const pglite = await PGlite.create({ loadDataDir: asFile(contents) });
  try {
    const damaged = differingTables(await digestDatabase(pglite), manifest.tables);
    if (damaged.length > 0)
      throw new Refusal(
        `${resolve(file)} is damaged: these tables differ from the backup's digests: ${damaged.join(', ')}.`,
      );
  } finally {
    await pglite.close();
  }
  return manifest.tables;
}

/** Restores a verified backup into a data directory that has no database yet. */
export async function restore(file: string, dataDir: string): Promise<TableDigests> {
  const tables = await verifyBackup(file);
  const { manifest, contents } = readBackup(file);
  const directory = await lockDataDirectory(dataDir);
  try {
    for (const name of ['database', 'secret-key'])
      if (existsSync(join(directory.path, name)))
        throw new Refusal(`${resolve(directory.path)} already has a ${name}. Set DATA_DIR to an empty directory.`);
    const pglite = await openEmbeddedDatabase(directory, asFile(contents));
    await pglite.close();
    if (manifest.secretKey !== undefined) writeSecretKey(directory, manifest.secretKey);
  } finally {
    directory.release();
  }
  return tables;
}

function readBackup(file: string): Backup {
  const bytes = readBytes(file);
  const [first, second] = [bytes.indexOf('\n'), bytes.indexOf('\n', bytes.indexOf('\n') + 1)];
  if (bytes.toString('utf8', 0, first) !== KIND) throw new Refusal(`${resolve(file)} is not a Gatehouse backup.`);
  const contents = bytes.subarray(second + 1);
  const manifest = manifestSchema.safeParse(parseJson(bytes.toString('utf8', first + 1, second)));
  if (!manifest.success || checksum(contents) !== manifest.data.contents)
    throw new Refusal(`${resolve(file)} is damaged: its checksum does not match.`);
  return { manifest: manifest.data, contents };
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal(`${resolve(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const checksum = (contents: Buffer): string => createHash('sha256').update(contents).digest('base64url');

const asFile = (contents: Buffer): File => new File([new Uint8Array(contents)], 'database.tar.gz');

/** Does not close the database, because the caller owns it. */
async function digestDatabase(pglite: PGlite): Promise<TableDigests> {
  const database = await openDatabase({ pglite });
  return entityManager(database).transactional(digestTables);
}
