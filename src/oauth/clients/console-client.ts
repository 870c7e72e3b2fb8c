import { type Sql, statement } from '../../store/connection/sql.ts';
import { CONSOLE_SCOPES } from '../scopes/scope.ts';

/** The built-in client of GraphiQL; a migration creates its row. */
export const CONSOLE_CLIENT_ID = 'gatehouse-graphiql';

const addScopes = statement<never>(
  'add-console-scopes',
  `UPDATE clients c
   SET scopes = c.scopes || ARRAY(
     SELECT w.scope FROM unnest($2::text[]) WITH ORDINALITY AS w (scope, n) WHERE w.scope <> ALL (c.scopes) ORDER BY w.n)
   WHERE c.client_id = $1 AND c.built_in AND NOT c.scopes @> $2::text[]`,
);

/**
 * Gives the console the built-in scopes that its row lacks, after an update that brought new ones. It takes none away: a node of
 * an older version may start later than one of a newer version.
 */
export async function ensureConsoleScopes(sql: Sql): Promise<void> {
  await sql(addScopes, [CONSOLE_CLIENT_ID, CONSOLE_SCOPES]);
}
