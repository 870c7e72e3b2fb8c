import { digest, isWellFormed, type SecretKind } from '../../crypto/secrets.ts';
import type { Sql } from '../../store/connection/sql.ts';
import type { Params } from '../params.ts';

/** How to look up the code or token in a token request. */
export interface EarlyLookUp<Row> {
  /** The request parameter that contains it. */
  readonly parameter: string;
  readonly kind: SecretKind;
  readonly find: (sql: Sql, digest: Buffer) => Promise<Row | undefined>;
}

/** Starts the look-up before the client is authenticated, so that both run at the same time. The grant awaits the result. */
export function startLookUp<Row>(
  sql: Sql,
  lookUp: EarlyLookUp<Row> | undefined,
  params: Params,
): Promise<Row | undefined> {
  const value = (lookUp && params.get(lookUp.parameter)?.[0]) ?? '';
  const found =
    lookUp && isWellFormed(lookUp.kind, value) ? lookUp.find(sql, digest(value)) : Promise.resolve(undefined);
  // If client authentication fails, nothing awaits the look-up, and its error must not end the process.
  found.catch(() => {});
  return found;
}
