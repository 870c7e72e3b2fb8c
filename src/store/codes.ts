import { batched, inOrder } from './connection/shared-statement.ts';
import { type Sql, statement } from './connection/sql.ts';
import { type Issue, tokenValues } from './issue-tokens.ts';
import {
  AUTHORIZATION_COLUMNS,
  type CredentialRow,
  DIGESTS,
  INSERT_ACCESS,
  insertRefresh,
  lockLiveAuthorization,
} from './token-family.ts';

/** An authorization code with its authorization. */
export interface CodeRow extends CredentialRow {
  readonly id: string;
  readonly redirect_uri: string | null;
  readonly code_challenge: string | null;
}

const selectCodes = statement<CodeRow & { n: number }>(
  'find-codes',
  `SELECT d.n::int, k.id, k.redirect_uri, k.code_challenge, k.expires_at, k.used_at, ${AUTHORIZATION_COLUMNS}
   FROM ${DIGESTS} JOIN authorization_codes k ON k.digest = d.digest
   JOIN authorizations a ON a.id = k.authorization_id JOIN users u ON u.id = a.user_id JOIN clients c ON c.id = a.client_id`,
);

const CONSUMED_CODE = `${lockLiveAuthorization('authorization_codes')},
  consumed AS (
    UPDATE authorization_codes c SET used_at = $2 FROM locked
    WHERE c.id = $1 AND c.authorization_id = locked.id AND c.used_at IS NULL AND c.expires_at > $2
    RETURNING c.authorization_id
  )`;

const consumeCodeForAccess = statement<{ authorization_id: string }>(
  'consume-code',
  `WITH ${CONSUMED_CODE},${INSERT_ACCESS} SELECT authorization_id FROM consumed`,
);
const consumeCodeForBoth = statement<{ authorization_id: string }>(
  'consume-code-for-refresh-token',
  `WITH ${CONSUMED_CODE},${INSERT_ACCESS},${insertRefresh('NULL::uuid')} SELECT authorization_id FROM consumed`,
);

export const findCode = batched(async (sql: Sql, digests: readonly Buffer[]) =>
  inOrder(digests.length, await sql(selectCodes, [digests])),
);

/**
 * Redeems the code and writes its tokens in one statement. Returns false if another request was first, or if the code expired or
 * its authorization was revoked in the meantime.
 */
export async function consumeCode(sql: Sql, id: string, issue: Issue): Promise<boolean> {
  const query = issue.refresh ? consumeCodeForBoth : consumeCodeForAccess;
  return (await sql(query, [id, issue.now, issue.scopes, ...tokenValues(issue)])).length === 1;
}
