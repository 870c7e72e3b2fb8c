import { spawnSync } from 'node:child_process';
import { type DatabaseWithEm, openDatabase } from './database-with-em.ts';

/** The id of the next transaction, for `dumpOf`. */
export async function nextTransaction(database: DatabaseWithEm): Promise<string> {
  const [row] = await database.em().execute<{ xid: string }[]>('SELECT pg_current_xact_id()::text AS xid');
  return row?.xid ?? '0';
}

/** All rows written by transaction `since` or a later one, as text. Bytes are hex. */
export async function dumpOf(database: DatabaseWithEm, since = '0'): Promise<string> {
  const em = database.em();
  const tables = await em.execute<{ name: string }[]>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await em.execute<{ row: string }[]>(
      `SELECT t::text AS row FROM ${name} t WHERE t.xmin::text::bigint >= ?`,
      [since],
    ))
      rows.push(row);
  return rows.join('\n');
}

/** All rows of a database on a server, and the output of pg_dump if its installed version supports the server. */
export async function dumpAt(url: string): Promise<string> {
  const database = await openDatabase({ url });
  try {
    const [{ version } = { version: '' }] = await database
      .em()
      .execute<{ version: string }[]>(`SELECT current_setting('server_version') AS version`);
    return (await dumpOf(database)) + pgDump(url, Number.parseInt(version, 10));
  } finally {
    await database.close();
  }
}

const PG_DUMP = 'pg_dump';
/** The cached major version of pg_dump; 0 if it is not installed. */
let known: number | undefined;

function pgDump(url: string, serverVersion: number): string {
  known ??= Number(/\d+/.exec(spawnSync(PG_DUMP, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0] ?? 0);
  if (known < serverVersion) return '';
  const { status, stdout, stderr } = spawnSync(PG_DUMP, [url], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`pg_dump ended with ${status}: ${stderr}`);
  return stdout;
}
