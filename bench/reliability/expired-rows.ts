import { digest, makeSecret } from '../../src/crypto/secrets.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { statement } from '../../src/store/connection/sql.ts';

/** Per authorization: its own row, one code, four refresh tokens and four access tokens. */
const ROWS_PER_AUTHORIZATION = 10;
/** Authorizations created by one statement. More would exceed the statement timeout. */
const BATCH = 5000;

/** Three days ago, so that no retention period applies; the rows are spread over time. */
const WHEN = `(now() - interval '3 days' - s * interval '0.4 second')`;
const ids = (from: string, kind: string): string =>
  `('${kind}-0000-7000-8000-' || lpad(to_hex(${from}), 12, '0'))::uuid`;

const SERIES = 'generate_series($1::bigint, $2::bigint) s';
const authorizations = statement<never>(
  'bench-authorizations',
  `INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at)
   SELECT ${ids('s', '01900000')}, c.id, u.id, 'authorization_code', '{read}', ${WHEN}, ${WHEN}
   FROM ${SERIES}, (SELECT id FROM clients WHERE client_id = $3) c, (SELECT id FROM users LIMIT 1) u`,
);
const codes = statement<never>(
  'bench-codes',
  `INSERT INTO authorization_codes (id, digest, authorization_id, created_at, expires_at, used_at)
   SELECT ${ids('s', '01910000')}, sha256(('code' || s)::bytea), ${ids('s', '01900000')}, ${WHEN}, ${WHEN}, ${WHEN}
   FROM ${SERIES}`,
);
const refreshTokens = statement<never>(
  'bench-refresh-tokens',
  `INSERT INTO refresh_tokens (id, digest, authorization_id, parent_id, created_at, expires_at, used_at)
   SELECT ${ids('s * 4 + n', '01920000')}, sha256(('refresh' || s || '-' || n)::bytea), ${ids('s', '01900000')},
          CASE WHEN n > 0 THEN ${ids('s * 4 + n - 1', '01920000')} END,
          ${WHEN}, ${WHEN} + n * interval '1 hour', CASE WHEN n < 3 THEN ${WHEN} END
   FROM ${SERIES}, generate_series(0, 3) n`,
);
const accessTokens = statement<never>(
  'bench-access-tokens',
  `INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at)
   SELECT ${ids('s * 4 + n', '01930000')}, sha256(('access' || s || '-' || n)::bytea), ${ids('s', '01900000')}, '{read}',
          ${WHEN}, ${WHEN} + n * interval '1 hour'
   FROM ${SERIES}, generate_series(0, 3) n`,
);
/** Replaces the digest of one access token in each of these authorizations, so that its plain text is known. */
const known = statement<never>(
  'bench-known-tokens',
  `UPDATE access_tokens SET digest = k.digest
   FROM unnest($1::bytea[], $2::bigint[]) AS k(digest, s) WHERE id = ${ids('k.s * 4', '01930000')}`,
);

/** Creates expired rows of every kind that a busy server leaves. Returns some of the access tokens, for revocation. */
export async function makeExpiredRows({ sql }: Database, clientId: string, rows: number): Promise<string[]> {
  const count = Math.ceil(rows / ROWS_PER_AUTHORIZATION);
  for (let from = 1; from <= count; from += BATCH) {
    const range = [from, Math.min(from + BATCH - 1, count)];
    await sql(authorizations, [...range, clientId]);
    for (const query of [codes, refreshTokens, accessTokens]) await sql(query, range);
  }
  const chosen = Array.from({ length: 2000 }, (_, index) => 1 + Math.floor((index * count) / 2000));
  const tokens = chosen.map(() => makeSecret('gat'));
  await sql(known, [tokens.map(digest), chosen]);
  for (const table of ['authorizations', 'authorization_codes', 'refresh_tokens', 'access_tokens'])
    await sql(statement<never>(`analyze-${table}`, `ANALYZE ${table}`), []);
  return tokens;
}
