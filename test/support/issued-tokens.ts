import { randomUUID } from 'node:crypto';
import { digest, makeSecret } from '../../src/crypto/secrets.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { statement } from '../../src/store/connection/sql.ts';
import { keepSecret } from './seen-secrets.ts';

/** Row ids of the client and user of the tokens, and the scopes of each token. Without a user they are client credentials tokens. */
export interface TokensWanted {
  readonly client: string;
  readonly user: string | null;
  readonly scopes: readonly (readonly string[])[];
}

const issueTokens = statement<never>(
  'test-issue-tokens',
  `WITH wanted AS (
     SELECT authorization_id, client, "user", digest, ARRAY(SELECT jsonb_array_elements_text(scopes)) AS scopes
     FROM jsonb_to_recordset($1::jsonb)
       AS row(authorization_id uuid, client uuid, "user" uuid, digest text, scopes jsonb)
   ), authorized AS (
     INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at)
     SELECT authorization_id, client, "user", 'password', scopes, $2, $3 FROM wanted
   )
   INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at)
   SELECT gen_random_uuid(), decode(digest, 'hex'), authorization_id, scopes, $2, $3 FROM wanted`,
);

const HOUR = 3_600_000;

/** Issues access tokens for many users and scopes with one statement. The result has the order of `wanted` and of its scopes. */
export async function issuedTokens(database: Database, wanted: readonly TokensWanted[]): Promise<string[][]> {
  const made = wanted.map(({ client, user, scopes }) =>
    scopes.map((list) => {
      const token = makeSecret('gat');
      keepSecret(token);
      const row = { authorization_id: randomUUID(), client, user, digest: digest(token).toString('hex'), scopes: list };
      return { token, row };
    }),
  );
  const now = new Date();
  const rows = JSON.stringify(made.flat().map(({ row }) => row));
  await database.sql(issueTokens, [rows, now, new Date(now.getTime() + HOUR)]);
  return made.map((tokens) => tokens.map(({ token }) => token));
}
