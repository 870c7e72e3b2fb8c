import { secondsUntil } from '../lifetime.ts';

/** RFC 6749 §5.1. `scope` is always included, also if it equals the requested one. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  /** OpenID Connect Core 1.0 §3.1.3.3 */
  readonly id_token?: string;
}

export function tokenResponse(
  accessToken: string,
  expiresAt: Date,
  now: Date,
  scopes: readonly string[],
  refreshToken: string | undefined,
): TokenResponse {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: secondsUntil(expiresAt, now),
    scope: scopes.join(' '),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
}
