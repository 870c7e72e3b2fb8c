import { digest, isWellFormed, type SecretKind } from '../../crypto/secrets.ts';
import type { Sql } from '../../store/connection/sql.ts';
import { type CodeRow, findCode, findRefreshToken, type RefreshRow } from '../../store/single-use.ts';
import type { Params } from '../params.ts';

/** What is stored of the code or refresh token of a request; undefined for one that is unknown, malformed or not there. */
export interface Presented {
  readonly code: Promise<CodeRow | undefined>;
  readonly refreshToken: Promise<RefreshRow | undefined>;
}

type LookUp<Row> = (sql: Sql, digest: Buffer) => Promise<Row | undefined>;

/** Begins to look it up, so that this takes no time of its own while the client is found; the grant looks at it after that. */
export function lookUpPresented(sql: Sql, grantType: string, params: Params): Presented {
  const begin = <Row>(kind: SecretKind, of: string, name: string, lookUp: LookUp<Row>): Promise<Row | undefined> => {
    const value = grantType === of ? (params.get(name)?.[0] ?? '') : '';
    const found = isWellFormed(kind, value) ? lookUp(sql, digest(value)) : Promise.resolve(undefined);
    // If the client is refused nobody awaits it.
    found.catch(() => {});
    return found;
  };
  return {
    code: begin('gac', 'authorization_code', 'code', findCode),
    refreshToken: begin('grt', 'refresh_token', 'refresh_token', findRefreshToken),
  };
}
