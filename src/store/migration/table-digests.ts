import type { Em } from '../connection/orm.ts';

/** What a table holds, whatever server it lies on and in whatever order its rows are. */
export interface TableDigest {
  readonly rows: number;
  /** A sum over the rows of a part of each one's SHA-256: two tables that differ by accident have another one. */
  readonly digest: string;
}

export type TableDigests = Readonly<Record<string, TableDigest>>;

/** The names are code's own. */
export const quoteIdentifier = (name: string): string => `"${name}"`;

/** Of every entity's table its columns, in the order of their names. The migrations' own table is not among them. */
export async function columnsOfTables(tx: Em): Promise<Readonly<Record<string, readonly string[]>>> {
  const own = [...tx.getMetadata().getAll().values()].map(({ tableName }) => tableName);
  const rows = await tx.execute<{ name: string; columns: string }[]>(
    `SELECT table_name::text AS name, string_agg(column_name::text, ',' ORDER BY column_name) AS columns
     FROM information_schema.columns WHERE table_schema = current_schema() GROUP BY table_name ORDER BY table_name`,
  );
  return Object.fromEntries(
    rows.filter(({ name }) => own.includes(name)).map(({ name, columns }) => [name, columns.split(',')]),
  );
}

/** In a transaction: values are written out in one way, and all tables are of one moment. */
export async function digestTables(tx: Em): Promise<TableDigests> {
  await tx.execute("SET LOCAL TimeZone = 'UTC'");
  await tx.execute("SET LOCAL bytea_output = 'hex'");
  const digests: Record<string, TableDigest> = {};
  for (const [name, columns] of Object.entries(await columnsOfTables(tx))) {
    const row = `ROW(${columns.map(quoteIdentifier).join(', ')})::text`;
    const part = `('x' || substr(encode(sha256(convert_to(${row}, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint`;
    const [found] = await tx.execute<TableDigest[]>(
      `SELECT count(*)::int AS rows, coalesce(sum(${part}), 0)::text AS digest FROM ${quoteIdentifier(name)}`,
    );
    digests[name] = { rows: Number(found?.rows), digest: String(found?.digest) };
  }
  return digests;
}

/** The tables that are not the same on both sides. */
export const differingTables = (one: TableDigests, other: TableDigests): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => one[name]?.rows !== other[name]?.rows || one[name]?.digest !== other[name]?.digest,
  );

export const countRows = (digests: TableDigests): number =>
  Object.values(digests).reduce((sum, { rows }) => sum + rows, 0);
