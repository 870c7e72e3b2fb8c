import type { Em } from '../connection/orm.ts';

/** A fingerprint of a table's rows that does not depend on the server or on the order of the rows. */
export interface TableDigest {
  readonly rows: number;
  /** The sum of a part of each row's SHA-256. It detects accidental differences, not deliberate ones. */
  readonly digest: string;
}

export type TableDigests = Readonly<Record<string, TableDigest>>;

/** Only for names that come from our own schema, because it escapes nothing. */
export const quoteIdentifier = (name: string): string => `"${name}"`;

/** The columns of every entity's table, sorted by name. The table of the migrations is not included. */
export async function columnsOfTables(tx: Em): Promise<Readonly<Record<string, readonly string[]>>> {
  const entityTables = [...tx.getMetadata().getAll().values()].map(({ tableName }) => tableName);
  const rows = await tx.execute<{ name: string; columns: string }[]>(
    `SELECT table_name::text AS name, string_agg(column_name::text, ',' ORDER BY column_name) AS columns
     FROM information_schema.columns WHERE table_schema = current_schema() GROUP BY table_name ORDER BY table_name`,
  );
  return Object.fromEntries(
    rows.filter(({ name }) => entityTables.includes(name)).map(({ name, columns }) => [name, columns.split(',')]),
  );
}

/** Call it in a transaction, because it changes settings with SET LOCAL. */
export async function digestTables(tx: Em): Promise<TableDigests> {
  await tx.execute("SET LOCAL TimeZone = 'UTC'");
  await tx.execute("SET LOCAL bytea_output = 'hex'");
  const digests: Record<string, TableDigest> = {};
  for (const [name, columns] of Object.entries(await columnsOfTables(tx))) {
    const row = `ROW(${columns.map(quoteIdentifier).join(', ')})::text`;
    const part = `('x' || substr(encode(sha256(convert_to(${row}, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint`;
    const [result] = await tx.execute<TableDigest[]>(
      `SELECT count(*)::int AS rows, coalesce(sum(${part}), 0)::text AS digest FROM ${quoteIdentifier(name)}`,
    );
    digests[name] = { rows: Number(result?.rows), digest: String(result?.digest) };
  }
  return digests;
}

/** The tables whose row count or digest differs. */
export const differingTables = (one: TableDigests, other: TableDigests): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => one[name]?.rows !== other[name]?.rows || one[name]?.digest !== other[name]?.digest,
  );

export const countRows = (digests: TableDigests): number =>
  Object.values(digests).reduce((sum, { rows }) => sum + rows, 0);
