import { randomUUID } from 'node:crypto';
import type { TestServer } from './server.ts';

/** Columns that a row needs besides its expiry. `$1` is a client, `$2` a user and `$3` an authorization. */
const COLUMNS: Record<string, Record<string, string>> = {
  access_tokens: { digest: 'DIGEST', authorization_id: '$3', scopes: "'{}'", created_at: "'2026-01-01'" },
  refresh_tokens: { digest: 'DIGEST', authorization_id: '$3', created_at: "'2026-01-01'" },
  authorization_codes: { digest: 'DIGEST', authorization_id: '$3', created_at: "'2026-01-01'" },
  authorizations: {
    client_id: '$1',
    user_id: '$2',
    grant_type: "'password'",
    scopes: "'{}'",
    created_at: "'2026-01-01'",
  },
  authorization_requests: {
    ...{ digest: 'DIGEST', browser: 'DIGEST', client_id: '$1' },
    ...{ response_type: "'code'", scopes: "'{}'", created_at: "'2026-01-01'" },
  },
  sessions: { digest: 'DIGEST', user_id: '$2', created_at: "'2026-01-01'" },
  known_browsers: { user_id: '$2' },
  signing_keys: {
    ...{ algorithm: 'gen_random_uuid()::text', generation: '1', public_key: "'{}'", private_key: 'DIGEST' },
    ...{ created_at: "'2026-01-01'", signs_from: "'2026-01-01'" },
  },
  client_assertions: {},
  logout_deliveries: {
    ...{ client_id: '$1', user_id: '$2', session_id: 'gen_random_uuid()' },
    ...{ next_attempt_at: "'2026-01-01'", created_at: "'2026-01-01'" },
  },
  setup_tickets: { created_at: "'2026-01-01'" },
  client_secrets: { client_id: '$1', digest: 'DIGEST', created_at: "'2026-01-01'" },
  audit_events: { kind: "'sign_out'" },
  rate_limits: { points: '1' },
};

/** Primary keys of tables whose key is not a uuid. */
const KEYS: Record<string, [column: string, value: string]> = {
  setup_tickets: ['digest', 'DIGEST'],
  known_browsers: ['digest', 'DIGEST'],
  signing_keys: ['kid', 'gen_random_uuid()::text'],
  client_assertions: ['digest', 'DIGEST'],
  rate_limits: ['key', 'gen_random_uuid()::text'],
};

export interface RowMaker {
  /** Adds `count` rows to `table` that expire at `end`. */
  add(table: string, column: string, end: Date, count?: number): Promise<void>;
  count(table: string): Promise<number>;
  clear(table: string): Promise<void>;
}

/** Creates expiring rows in any table, for a new client, user and authorization. */
export async function rowMaker(server: TestServer): Promise<RowMaker> {
  const em = server.database.em();
  const { clientId } = await server.client();
  const user = (await server.user()).uuid;
  const [{ id: client } = {}] = await em.execute<{ id: string }[]>('SELECT id FROM clients WHERE client_id = ?', [
    clientId,
  ]);
  const authorization = randomUUID();
  await em.execute(
    `INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at)
     VALUES (?, ?, ?, 'password', '{}', '2026-01-01', '2099-01-01')`,
    [authorization, client, user],
  );
  const known: Record<string, string> = { $1: `'${client}'`, $2: `'${user}'`, $3: `'${authorization}'` };
  return {
    async add(table, column, end, count = 1) {
      const [key, made] = KEYS[table] ?? ['id', 'gen_random_uuid()'];
      const at = column === 'expire' ? String(end.getTime()) : `'${end.toISOString()}'`;
      const columns = { [key]: made, ...COLUMNS[table], [column]: at };
      const values = Object.values(columns).map((value) =>
        value
          .replaceAll('DIGEST', 'sha256(gen_random_uuid()::text::bytea)')
          .replace(/^\$\d$/, (name) => known[name] ?? ''),
      );
      await em.execute(
        `INSERT INTO ${table} (${Object.keys(columns).join(', ')}) SELECT ${values.join(', ')} FROM generate_series(1, ${count})`,
      );
    },
    async count(table) {
      const [row] = await em.execute<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`);
      return row?.n ?? 0;
    },
    async clear(table) {
      await em.execute(`DELETE FROM ${table}`);
    },
  };
}
