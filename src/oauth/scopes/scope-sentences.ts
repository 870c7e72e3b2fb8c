import { type Sql, statement } from '../../store/connection/sql.ts';
import { SCOPES } from './scope.ts';

const selectSentences = statement<{ name: string; sentence: string }>(
  'find-scope-sentences',
  'SELECT name, sentence FROM scopes WHERE name = ANY ($1::text[])',
);

/** What each scope means to a person: the built-in ones from code, an operator's own from their rows. */
export async function scopeSentences(sql: Sql, scopes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const builtIn = new Map<string, string>(Object.entries(SCOPES));
  const own = scopes.filter((scope) => !builtIn.has(scope));
  const rows = own.length === 0 ? [] : await sql(selectSentences, [own]);
  return new Map([...builtIn, ...rows.map(({ name, sentence }) => [name, sentence] as const)]);
}
