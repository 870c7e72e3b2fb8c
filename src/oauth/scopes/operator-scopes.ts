import { type Sql, statement } from '../../store/connection/sql.ts';
import { BUILT_IN_SCOPES, SCOPES } from './scope.ts';

/** A scope that clients can request. */
export interface NamedScope {
  readonly name: string;
  /** The text on the consent page. */
  readonly description: string;
  readonly builtIn: boolean;
}

const selectScopes = statement<{ name: string; description: string }>(
  'list-scopes',
  'SELECT name, description FROM scopes ORDER BY created_at, name',
);

const selectDescriptions = statement<{ name: string; description: string }>(
  'find-scope-descriptions',
  'SELECT name, description FROM scopes WHERE name = ANY ($1::text[])',
);

/** The built-in scopes, then the custom ones. */
export async function listScopes(sql: Sql): Promise<NamedScope[]> {
  const builtIn = Object.entries(SCOPES).map(([name, { description }]) => ({
    name,
    description,
    builtIn: true,
  }));
  const own = await sql(selectScopes, []);
  return [...builtIn, ...own.map(({ name, description }) => ({ name, description, builtIn: false }))];
}

/** The descriptions of all built-in scopes and of those custom ones that are among `scopes`, by name. */
export async function scopeDescriptions(sql: Sql, scopes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const builtIn = BUILT_IN_SCOPES.map((scope) => [scope, SCOPES[scope].description] as const);
  const own = scopes.filter((scope) => !Object.hasOwn(SCOPES, scope));
  const rows = own.length === 0 ? [] : await sql(selectDescriptions, [own]);
  return new Map<string, string>([...builtIn, ...rows.map(({ name, description }) => [name, description] as const)]);
}
