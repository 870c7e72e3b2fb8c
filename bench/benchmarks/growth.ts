import type { Catalog } from '../peers/catalog.ts';
import type { MeasuredServer, Operation } from '../peers/measured-server.ts';
import type { BenchPostgres } from '../peers/postgres.ts';
import { measureInRounds, type Plan, type Result } from './rounds.ts';

/** One operation with this many tokens in the tables. */
export interface GrowthResult {
  readonly tokens: number;
  readonly operation: Operation;
  readonly perSecond: number;
  /** Per request: PostgreSQL's execution time in milliseconds, and the server's CPU time in microseconds. */
  readonly database: number;
  readonly cpu: number;
  readonly failed: number;
}

const FEW = 1000;
const OPERATIONS: readonly Operation[] = ['client_credentials', 'introspection', 'refresh'];
const TABLES = ['authorizations', 'access_tokens', 'refresh_tokens'];
/** Access tokens of one authorization. Each authorization also has one refresh token. */
const TOKENS_PER_AUTHORIZATION = 4;

/** Measures the same operations with few and with many tokens. The cost of a request must not grow with the tables. */
export async function measureGrowth(catalog: Catalog, plan: Plan, many: number): Promise<GrowthResult[]> {
  const [gatehouse] = await catalog.servers(['gatehouse']);
  if (!gatehouse) throw new Error('This benchmark needs the server gatehouse');
  const { postgres } = catalog;
  const results: GrowthResult[] = [];
  for (const tokens of [FEW, many]) {
    await postgres.runIn(gatehouse.database, fillStatements(tokens));
    for (const operation of OPERATIONS) results.push(await measure(postgres, gatehouse, operation, plan, tokens));
  }
  return results;
}

async function measure(
  postgres: BenchPostgres,
  gatehouse: MeasuredServer,
  operation: Operation,
  plan: Plan,
  tokens: number,
): Promise<GrowthResult> {
  const before = await postgres.executionTime(gatehouse.database);
  const [result] = (await measureInRounds(operation, [gatehouse], postgres, plan)) as [Result];
  const after = await postgres.executionTime(gatehouse.database);
  return {
    tokens,
    operation,
    perSecond: result.median,
    cpu: result.cpu,
    failed: result.failed,
    database: (after - before) / (result.median * (plan.rounds * plan.seconds + plan.warmUp)),
  };
}

/** Inserts active tokens like those that the server issues. Indexes are created afterwards, as when a database is restored. */
function fillStatements(tokens: number): string[] {
  const authorizations = Math.ceil(tokens / TOKENS_PER_AUTHORIZATION);
  const id = (prefix: string, from: string) => `('${prefix}-0000-7000-8000-' || lpad(to_hex(${from}), 12, '0'))::uuid`;
  const series = `generate_series(1, ${authorizations}) s`;
  const each = `${series}, generate_series(1, ${TOKENS_PER_AUTHORIZATION}) n`;
  return [
    'SET session_replication_role = replica',
    'SET synchronous_commit = off',
    "SET maintenance_work_mem = '1GB'",
    `DELETE FROM access_tokens WHERE id::text LIKE '01930000-%'`,
    `DELETE FROM refresh_tokens WHERE id::text LIKE '01920000-%'`,
    `DELETE FROM authorizations WHERE id::text LIKE '01900000-%'`,
    `CREATE TEMP TABLE indexes AS SELECT indexdef, indexrelid::regclass::text AS name, conname, conrelid::regclass::text AS of,
       pg_get_constraintdef(c.oid) AS def FROM pg_indexes i JOIN pg_index x ON x.indexrelid = i.indexname::regclass
       LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.contype IN ('u', 'p')
       WHERE i.tablename IN (${TABLES.map((table) => `'${table}'`)}) AND (c.contype IS DISTINCT FROM 'p')`,
    `DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM indexes LOOP
       IF i.conname IS NULL THEN EXECUTE 'DROP INDEX ' || i.name;
       ELSE EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', i.of, i.conname); END IF; END LOOP; END $$`,
    `INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at)
     SELECT ${id('01900000', 's')}, c.id, u.id, 'authorization_code', '{read}', now(), now() + interval '1 day'
     FROM ${series}, (SELECT id FROM clients WHERE NOT built_in LIMIT 1) c, (SELECT id FROM users LIMIT 1) u`,
    `INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at)
     SELECT ${id('01930000', `s * ${TOKENS_PER_AUTHORIZATION} + n`)}, sha256(('access' || s || '-' || n)::bytea), ${id('01900000', 's')}, '{read}',
            now(), now() + interval '1 day' FROM ${each}`,
    `INSERT INTO refresh_tokens (id, digest, authorization_id, created_at, expires_at)
     SELECT ${id('01920000', 's')}, sha256(('refresh' || s)::bytea), ${id('01900000', 's')},
            now(), now() + interval '1 day' FROM ${series}`,
    `DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM indexes LOOP
       IF i.conname IS NULL THEN EXECUTE i.indexdef;
       ELSE EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.of, i.conname, i.def); END IF; END LOOP; END $$`,
    'DROP TABLE indexes',
    ...TABLES.map((table) => `VACUUM ANALYZE ${table}`),
    'CHECKPOINT',
  ];
}
