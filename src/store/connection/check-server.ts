import { Refusal } from './refusal.ts';
import { type Sql, statement } from './sql.ts';

const readSettings = statement<{ version: number; datestyle: string; conforming: string }>(
  'read-settings',
  `SELECT current_setting('server_version_num')::int AS version, current_setting('DateStyle') AS datestyle,
          current_setting('standard_conforming_strings') AS conforming`,
);

const MINIMUM_VERSION = 15;

/** Refuses a PostgreSQL that is too old, or whose settings would change how times and quotes are parsed. */
export async function checkServer(sql: Sql): Promise<void> {
  const [settings] = await sql(readSettings, []);
  const { version = 0, datestyle = '', conforming = '' } = settings ?? {};
  if (version < MINIMUM_VERSION * 10_000)
    throw new Refusal(`PostgreSQL ${Math.floor(version / 10_000)} is too old: ${MINIMUM_VERSION} or newer is needed.`);
  if (!datestyle.startsWith('ISO') || conforming !== 'on')
    throw new Refusal(
      `The database has DateStyle ${datestyle} and standard_conforming_strings ${conforming}: set them to ISO and on for its role.`,
    );
}

/** PgBouncer rejects our start-up parameters. Explain that DATABASE_URL needs `pgbouncer=true`, and rethrow other errors. */
export function refusePooler(error: unknown): never {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.startsWith('unsupported startup parameter'))
      throw new Refusal('DATABASE_URL leads to PgBouncer: add `?pgbouncer=true` to it (docs/scaling.md says more).');
  throw error;
}
