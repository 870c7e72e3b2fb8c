import { OAuthError } from '../error.ts';
import { SCOPE_CLAIMS } from '../openid/claims.ts';
import { PASSWORD_AUTHENTICATION } from '../openid/id-token.ts';
import { optional, type Params } from '../params.ts';

/** What of the `claims` parameter this server acts on. */
export interface ClaimsRequest {
  /** The scopes that stand for the claims asked for by name. */
  readonly scopes: readonly string[];
  /** The one person it is about. */
  readonly sub: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * OpenID Connect Core 1.0 §5.5. A claim asked for by name is asked for as its scope, so that the person is told and can refuse;
 * what nobody has here is passed over, as are claims the client may not ask for (§5.5.1).
 */
export function readClaimsRequest(params: Params, allowed: readonly string[]): ClaimsRequest {
  const text = optional(params, 'claims');
  if (text === undefined) return { scopes: [], sub: undefined };
  const { id_token: ofIdToken, userinfo: ofUserInfo } = parse(text);
  const [idToken, userInfo] = [members(ofIdToken), members(ofUserInfo)];
  const asked = new Set([...Object.keys(idToken), ...Object.keys(userInfo)]);
  const scopes = Object.entries(SCOPE_CLAIMS).flatMap(([scope, claims]) =>
    allowed.includes(scope) && claims.some((claim) => asked.has(claim)) ? [scope] : [],
  );
  checkAcr(members(idToken.acr));

  const subjects = [members(idToken.sub).value, members(userInfo.sub).value].filter((value) => value !== undefined);
  const [sub, other] = new Set(subjects);
  if (other !== undefined || (sub !== undefined && typeof sub !== 'string'))
    throw new OAuthError('invalid_request', 'The parameter claims asks for two persons, or for none.');
  return { scopes, sub };
}

/** §5.5.1.1: an essential acr that cannot be had is a failed sign-in. */
function checkAcr({ essential, value, values }: Members): void {
  const wanted = [...(value === undefined ? [] : [value]), ...(Array.isArray(values) ? values : [])];
  if (essential === true && wanted.length > 0 && !wanted.includes(PASSWORD_AUTHENTICATION.acr))
    throw new OAuthError('unmet_authentication_requirements', 'None of the requested acr values can be reached here.');
}

function parse(text: string): Members {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // Told below, as is what is JSON and no object.
  }
  throw new OAuthError('invalid_request', 'The parameter claims is not a JSON object.');
}

/** §5.5: a member may be null, or be left out. */
function members(value: unknown): Members {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new OAuthError('invalid_request', 'The parameter claims is malformed.');
  return value;
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
