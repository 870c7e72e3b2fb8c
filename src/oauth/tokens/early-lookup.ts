import { digest, isWellFormed, type SecretKind } from '../../crypto/secrets.ts';
import type { Sql } from '../../store/connection/sql.ts';
import type { Params } from '../params.ts';

/** How to find what is stored of a code or token that a token request presents. */
export interface EarlyLookUp<Row> {
  /** The request parameter that carries it. */
  readonly parameter: string;
  readonly kind: SecretKind;
  readonly find: (sql: Sql, digest: Buffer) => Promise<Row | undefined>;
}

/** Starts the look-up, so that it runs while the client is authenticated; the grant awaits it after that. */
export function startLookUp<Row>(
  sql: Sql,
  lookUp: EarlyLookUp<Row> | undefined,
  params: Params,
): Promise<Row | undefined> {
  const value = (lookUp && params.get(lookUp.parameter)?.[0]) ?? '';
  const found =
    lookUp && isWellFormed(lookUp.kind, value) ? lookUp.find(sql, digest(value)) : Promise.resolve(undefined);
  // If the client is refused, nothing awaits it.
  found.catch(() => {});
  return found;
}
