import { type Sql, statement } from '../../store/connection/sql.ts';
import { BUILT_IN_SCOPES, SCOPES } from './scope.ts';

/** A scope that people can be asked for. */
export interface NamedScope {
  readonly name: string;
  /** What the consent page shows. */
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

/** Ours first, then the operator's own. */
export async function listScopes(sql: Sql): Promise<NamedScope[]> {
  const builtIn = Object.entries(SCOPES).map(([name, { description }]) => ({
    name,
    description,
    builtIn: true,
  }));
  const own = await sql(selectScopes, []);
  return [...builtIn, ...own.map(({ name, description }) => ({ name, description, builtIn: false }))];
}

/** What each scope means to a person: the built-in ones from code, an operator's own from their rows. */
export async function scopeDescriptions(sql: Sql, scopes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const builtIn = BUILT_IN_SCOPES.map((scope) => [scope, SCOPES[scope].description] as const);
  const own = scopes.filter((scope) => !Object.hasOwn(SCOPES, scope));
  const rows = own.length === 0 ? [] : await sql(selectDescriptions, [own]);
  return new Map<string, string>([...builtIn, ...rows.map(({ name, description }) => [name, description] as const)]);
}
