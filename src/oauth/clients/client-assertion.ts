import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { digest } from '../../crypto/secrets.ts';
import { consumeAssertion } from '../../store/client-assertions.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { optional, type Params } from '../params.ts';
import type { Client } from './client.ts';

/** RFC 7523 §2.2 */
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What a client may sign with (RFC 7518 §3.1, RFC 8037 §3.1): never a secret both sides know, never nothing. */
export const ASSERTION_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Seconds by which two clocks may differ. */
const SKEW = 10;
/** Seconds an assertion may live at most: for so long its jti is remembered. */
const MAX_TTL = 3600;
/** Seconds for which it is remembered beyond that: a node whose clock is ahead clears it away, and one whose clock is behind would take it again. */
const REMEMBERED_AFTER = 60;
const MAX_JTI = 255;

/** A JWT for another purpose is none for this one (RFC 8725 §3.11). */
const HEADER_TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'client-authentication+jwt'];

/** RFC 7521 §4.2: the assertion of the request and whom it speaks of, nothing of which is proven yet. */
export function parseClientAssertion(
  params: Params,
): { readonly clientId: string; readonly assertion: string } | undefined {
  const assertion = optional(params, 'client_assertion');
  const type = optional(params, 'client_assertion_type');
  if (assertion === undefined && type === undefined) return undefined;
  if (assertion === undefined || type !== TYPE)
    throw new OAuthError('invalid_request', `client_assertion goes with client_assertion_type=${TYPE}.`);
  return { assertion, clientId: subjectOf(assertion) };
}

function subjectOf(assertion: string): string {
  try {
    const { sub } = decodeJwt(assertion);
    if (typeof sub === 'string') return sub;
  } catch {
    // Told below like an assertion that says nothing.
  }
  throw new OAuthError('invalid_client', 'Client authentication failed.');
}

/** RFC 7523 §3: signed by a key of the client's, meant for us and nobody else, not expired, and never seen before. */
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
  }).catch(() => ({ payload: undefined, protectedHeader: undefined }));
  if (!payload) return false;

  const { aud, exp = 0, iat = 0, jti } = payload;
  const seconds = now.getTime() / 1000;
  // RFC 7523bis §4: with another audience beside ours, another server could have been given the same assertion.
  const foreign = Array.isArray(aud) && aud.length !== 1;
  const untimely = exp > seconds + MAX_TTL + SKEW || iat > seconds + SKEW;
  if (foreign || untimely || !HEADER_TYPES.includes(protectedHeader.typ?.toLowerCase())) return false;
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) return false;
  // Last, so that only who holds the key can spend it.
  return consumeAssertion(sql, digest(`${client.id} ${jti}`), new Date((exp + SKEW + REMEMBERED_AFTER) * 1000));
}
