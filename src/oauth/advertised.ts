import { type Sql, statement } from '../store/connection/sql.ts';
import { BUILT_IN_SCOPES } from './scopes/scope.ts';
import { type GrantType, grantTypesWith } from './tokens/grants/grants.ts';

/** The parts of the metadata that depend on stored scopes and clients. */
export interface Advertised {
  readonly scopes: readonly string[];
  readonly grantTypes: readonly GrantType[];
}

const DEPRECATED = grantTypesWith(({ deprecated }) => deprecated === true);

const selectAdvertised = statement<{ scopes: string[]; grant_types: string[] }>(
  'find-advertised',
  `SELECT ARRAY(SELECT name FROM scopes ORDER BY created_at, name) AS scopes,
          ARRAY(SELECT grant_type FROM unnest($1::text[]) AS grant_type WHERE EXISTS (
            SELECT FROM clients WHERE grant_types @> ARRAY[grant_type] AND NOT disabled)) AS grant_types`,
);

/** All built-in and custom scopes, and every grant type except deprecated ones that no enabled client may use. */
export async function findAdvertised(sql: Sql): Promise<Advertised> {
  const [row] = await sql(selectAdvertised, [DEPRECATED]);
  return {
    scopes: [...BUILT_IN_SCOPES, ...(row?.scopes ?? [])],
    grantTypes: grantTypesWith(
      ({ grantType, deprecated }) => !deprecated || row?.grant_types.includes(grantType) === true,
    ),
  };
}
