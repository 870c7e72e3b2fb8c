import { randomUUIDv7 } from 'node:crypto';
import type { AuditKind } from './audit/kinds.ts';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';

/** The stored parameters of the request. Parameters that were not sent are undefined. */
interface Requested {
  readonly responseType: 'code' | 'token';
  readonly sentRedirectUri: string | undefined;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly state: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly nonce: string | undefined;
  readonly prompts: readonly string[];
  readonly loginHint: string | undefined;
  readonly authenticatedSince: Date | undefined;
  readonly subject: string | undefined;
}

/** A validated authorization request that is stored while the user signs in and decides. */
export interface PendingAuthorizationRow {
  readonly id: string;
  readonly clientRowId: string;
  readonly requestedAt: Date;
  readonly request: Requested;
}

/** The column of each parameter. The statements and the row's values are derived from this table. */
const COLUMNS = {
  responseType: 'response_type',
  sentRedirectUri: 'redirect_uri',
  scopes: 'scopes',
  resources: 'resources',
  state: 'state',
  codeChallenge: 'code_challenge',
  nonce: 'nonce',
  prompts: 'prompts',
  loginHint: 'login_hint',
  authenticatedSince: 'authenticated_since',
  subject: 'subject',
} as const satisfies Record<keyof Requested, string>;

const MEMBERS = Object.keys(COLUMNS) as (keyof Requested)[];

const insertPending = statement<never>(
  'save-pending-authorization',
  `INSERT INTO authorization_requests (id, digest, browser, client_id, created_at, expires_at, ${Object.values(COLUMNS).join(', ')})
   VALUES ($1, $2, $3, $4, $5, $6, ${MEMBERS.map((_, at) => `$${at + 7}`).join(', ')})`,
);

type Row = { readonly [member in keyof Requested]: Requested[member] | null } & {
  readonly id: string;
  readonly clientRowId: string;
  readonly requestedAt: Date;
};

const selectPending = statement<Row>(
  'find-pending-authorization',
  `SELECT id, client_id AS "clientRowId", created_at AS "requestedAt",
          ${MEMBERS.map((member) => `${COLUMNS[member]} AS "${member}"`).join(', ')}
   FROM authorization_requests
   WHERE digest = $1 AND browser = $2 AND expires_at > $3 AND decided_at IS NULL`,
);

const denyPending = statement<{ client_id: string }>(
  'deny-pending-authorization',
  `WITH denied AS (
     UPDATE authorization_requests SET decided_at = $2
     WHERE id = $1 AND decided_at IS NULL AND expires_at > $2 RETURNING client_id
   ), recorded AS (
     INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id)
     SELECT $3::uuid, $2, '${'consent.denied' satisfies AuditKind}', $4::uuid, client_id, $5::text, $6::text FROM denied
   )
   SELECT client_id FROM denied`,
);

/** Stores the request until `expiresAt`. `digests` are the SHA-256 digests of its handle and of the browser's cookie. */
export async function savePendingAuthorization(
  sql: Sql,
  { id, clientRowId, requestedAt, request }: PendingAuthorizationRow,
  digests: { readonly handle: Buffer; readonly browser: Buffer },
  expiresAt: Date,
): Promise<void> {
  const values = MEMBERS.map((member) => request[member] ?? null);
  await sql(insertPending, [id, digests.handle, digests.browser, clientRowId, requestedAt, expiresAt, ...values]);
}

/** Finds an undecided request. Only the browser that started it may continue it. */
export async function findPendingAuthorization(
  sql: Sql,
  handle: Buffer,
  browser: Buffer,
  now: Date,
): Promise<PendingAuthorizationRow | undefined> {
  const [row] = await sql(selectPending, [handle, browser, now]);
  if (!row) return undefined;
  const request = Object.fromEntries(MEMBERS.map((member) => [member, row[member] ?? undefined]));
  return {
    id: row.id,
    clientRowId: row.clientRowId,
    requestedAt: row.requestedAt,
    request: request as unknown as Requested,
  };
}

/** Records that the user denied the request. Returns false if it was already decided. */
export async function denyPendingAuthorization(
  sql: Sql,
  id: string,
  userId: string,
  now: Date,
  { ip, requestId }: Origin,
): Promise<boolean> {
  return (await sql(denyPending, [id, now, randomUUIDv7(), userId, ip ?? null, requestId ?? null])).length === 1;
}
