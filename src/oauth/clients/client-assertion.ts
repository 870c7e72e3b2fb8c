import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { digest } from '../../crypto/secrets.ts';
import { consumeAssertion } from '../../store/client-assertions.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { optional, type Params } from '../params.ts';
import type { Client } from './client.ts';

/** RFC 7523 §2.2 */
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Algorithms of client assertions (RFC 7518 §3.1, RFC 8037 §3.1): neither symmetric ones nor `none`. */
export const ASSERTION_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Seconds by which two clocks may differ. */
const SKEW = 10;
/** Maximum lifetime of an assertion in seconds, because its jti must be stored that long. */
const MAX_TTL = 3600;
/** Seconds for which a jti is kept after expiry. A node whose clock is fast may sweep it while another would still accept it. */
const RETENTION_MARGIN = 60;
const MAX_JTI = 255;

/** RFC 8725 §3.11: a JWT that was made for another purpose is rejected. */
const HEADER_TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'client-authentication+jwt'];

/** RFC 7521 §4.2: the client assertion of the request and its unverified subject. Undefined if none was sent. */
export function parseClientAssertion(
  params: Params,
): { readonly clientId: string; readonly assertion: string } | undefined {
  const assertion = optional(params, 'client_assertion');
  const type = optional(params, 'client_assertion_type');
  if (assertion === undefined && type === undefined) return undefined;
  if (assertion === undefined || type !== TYPE)
    throw new OAuthError('invalid_request', `client_assertion requires client_assertion_type=${TYPE}.`);
  return { assertion, clientId: subjectOf(assertion) };
}

function subjectOf(assertion: string): string {
  try {
    const { sub } = decodeJwt(assertion);
    if (typeof sub === 'string') return sub;
  } catch {
    // An unreadable assertion gets the same error as one without a subject.
  }
  throw new OAuthError('invalid_client', 'Client authentication failed.');
}

/**
 * RFC 7523 §3: true if a key of the client signed the assertion for us only, and it is neither expired nor reused. Throws
 * invalid_client with the expected audience if only that is wrong, because then the client has proved its key.
 */
export async function verifyClientAssertion(
  { sql, config, now }: OAuthRequest,
  client: Client,
  assertion: string,
): Promise<boolean> {
  if (!client.jwks) return false;
  const { payload, protectedHeader } = await jwtVerify(assertion, createLocalJWKSet(client.jwks as JSONWebKeySet), {
    algorithms: ASSERTION_ALGORITHMS,
    issuer: client.clientId,
    subject: client.clientId,
    audience: config.issuer,
    requiredClaims: ['exp', 'jti'],
    currentDate: now,
    clockTolerance: SKEW,
  }).catch((error: unknown) => {
    // Signature, iss and sub were verified before aud.
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') throw wrongAudience(config.issuer);
    return { payload: undefined, protectedHeader: undefined };
  });
  if (!payload) return false;

  const { aud, exp = 0, iat = 0, jti } = payload;
  const seconds = now.getTime() / 1000;
  // RFC 7523bis §4: with more than one audience, another server could have received the same assertion.
  if (Array.isArray(aud) && aud.length !== 1) throw wrongAudience(config.issuer);
  const wrongTimes = exp > seconds + MAX_TTL + SKEW || iat > seconds + SKEW;
  if (wrongTimes || !HEADER_TYPES.includes(protectedHeader.typ?.toLowerCase())) return false;
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) return false;
  // This check is the last one, so that only the holder of the key can consume the jti.
  return consumeAssertion(sql, digest(`${client.id} ${jti}`), new Date((exp + SKEW + RETENTION_MARGIN) * 1000));
}

const wrongAudience = (issuer: string): OAuthError =>
  new OAuthError('invalid_client', `The aud of the client_assertion must be ${issuer}, and nothing else.`);
