import { OAuthError } from '../error.ts';
import { SCOPE_CLAIMS } from '../openid/claims.ts';
import { PASSWORD_AUTHENTICATION } from '../openid/id-token.ts';
import { optional, type Params } from '../params.ts';

/** The supported parts of the `claims` parameter. */
export interface ClaimsRequest {
  /** The scopes that contain the requested claims. */
  readonly scopes: readonly string[];
  /** The user that the request names. */
  readonly sub: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * OpenID Connect Core 1.0 §5.5. A requested claim counts as a request for its scope, so that the consent page shows it and the
 * user can refuse it. Unknown claims and those that the client may not request are ignored (§5.5.1).
 */
export function parseClaimsRequest(params: Params, allowed: readonly string[]): ClaimsRequest {
  const text = optional(params, 'claims');
  if (text === undefined) return { scopes: [], sub: undefined };
  const claims = parseObject(text);
  const [idToken, userInfo] = [members(claims.id_token), members(claims.userinfo)];
  const requested = new Set([...Object.keys(idToken), ...Object.keys(userInfo)]);
  const scopes = Object.entries(SCOPE_CLAIMS).flatMap(([scope, itsClaims]) =>
    allowed.includes(scope) && itsClaims.some((claim) => requested.has(claim)) ? [scope] : [],
  );
  checkAcr(members(idToken.acr));

  const subjects = [members(idToken.sub).value, members(userInfo.sub).value].filter((value) => value !== undefined);
  const [sub, other] = new Set(subjects);
  if (other !== undefined || (sub !== undefined && typeof sub !== 'string'))
    throw new OAuthError('invalid_request', 'The parameter claims requests conflicting or invalid sub values.');
  return { scopes, sub };
}

/** §5.5.1.1: if an essential acr is not supported, the sign-in must fail. */
function checkAcr({ essential, value, values }: Members): void {
  const requested = [...(value === undefined ? [] : [value]), ...(Array.isArray(values) ? values : [])];
  if (essential === true && requested.length > 0 && !requested.includes(PASSWORD_AUTHENTICATION.acr))
    throw new OAuthError('unmet_authentication_requirements', 'None of the requested acr values is supported.');
}

function parseObject(text: string): Members {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // Reported below, together with JSON that is not an object.
  }
  throw new OAuthError('invalid_request', 'The parameter claims is not a JSON object.');
}

/** §5.5: a member may be null or missing. */
function members(value: unknown): Members {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new OAuthError('invalid_request', 'The parameter claims is malformed.');
  return value;
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
