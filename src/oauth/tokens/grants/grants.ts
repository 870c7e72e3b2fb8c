import type { Grant } from '../../grant.ts';
import { authorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import { implicit } from './implicit.ts';
import { password } from './password.ts';
import { refreshToken } from './refresh-token.ts';

/** Every grant of this server. */
export const GRANTS = [
  authorizationCode,
  implicit,
  password,
  clientCredentials,
  refreshToken,
] as const satisfies readonly Grant[];

export type GrantType = (typeof GRANTS)[number]['grantType'];

export const GRANT_TYPES: readonly GrantType[] = GRANTS.map(({ grantType }) => grantType);

/** The `grant_type` values of the grants for which `has` is true. */
export const grantTypesWith = (has: (grant: Grant) => boolean): readonly GrantType[] =>
  GRANTS.filter(has).map(({ grantType }) => grantType);
