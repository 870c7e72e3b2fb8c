import pg from 'pg';
import { startPostgres } from '../../test/support/postgres.ts';

/** PostgreSQL settings for all servers. Checkpoints are rare, so that none slows down one server only. */
export const SETTINGS = [
  'shared_preload_libraries=pg_stat_statements',
  'max_connections=300',
  'shared_buffers=1GB',
  'max_wal_size=8GB',
  'checkpoint_timeout=30min',
];

/** The PostgreSQL server that all measured servers share. */
export interface BenchPostgres {
  readonly url: string;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Statements run in this database so far, and write transactions of the whole PostgreSQL server. */
  counters(database: string): Promise<Counters>;
  /** Total execution time of the statements in this database so far, in milliseconds. */
  executionTime(database: string): Promise<number>;
  /** Runs these statements in this database on one connection. Returns the rows of the last one. */
  runIn(database: string, statements: readonly string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export interface Counters {
  readonly statements: number;
  readonly commits: number;
}

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const postgres = await startPostgres({ durable: true, settings: SETTINGS });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  // PostgreSQL closes idle connections when it stops.
  pool.on('error', () => {});
  const query: BenchPostgres['query'] = async (text, values) => (await pool.query(text, values)).rows;
  await query('CREATE EXTENSION pg_stat_statements');
  return {
    url: postgres.url,
    query,
    async counters(database) {
      // Only transactions that write get a transaction id.
      const [row] = await query(
        `SELECT (SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                 WHERE d.datname = $1) AS statements,
                pg_snapshot_xmax(pg_current_snapshot())::text AS commits`,
        [database],
      );
      return { statements: Number(row?.statements), commits: Number(row?.commits) };
    },
    async executionTime(database) {
      const [row] = await query(
        `SELECT coalesce(sum(total_exec_time), 0) AS milliseconds FROM pg_stat_statements s
         JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1`,
        [database],
      );
      return Number(row?.milliseconds);
    },
    async runIn(database, statements) {
      const url = new URL(postgres.url);
      url.pathname = `/${database}`;
      const client = new pg.Client(url.href);
      await client.connect();
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      await client.end();
      return rows;
    },
    async stop() {
      await pool.end();
      await postgres.stop();
    },
  };
}
