import type { GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';
import type { Logger } from 'pino';
import { Overloaded } from '../crypto/argon2-pool.ts';
import { DomainError, type DomainErrorCode, forbidden as forbiddenError } from '../directory/error.ts';
import { authorizeUrl } from '../oauth/authorize/authorize-url.ts';
import { OAuthError } from '../oauth/error.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import { TooManyAttempts } from '../store/rate-limits.ts';
import type { MissingAccess } from './access/access.ts';

const NOT_PERMITTED = forbiddenError().message;
const BEARER = 'Bearer realm="gatehouse"';

/** What the top level says of a refusal from below; what a caller can mend is told in the payload of a mutation instead. */
const CODES: Record<DomainErrorCode, string> = {
  INVALID: 'BAD_USER_INPUT',
  TAKEN: 'BAD_USER_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
};

/** RFC 6750 §3.1: no token, so no error attribute; `invalid_token` for one that is not alive. */
export const unauthenticated = (invalid: boolean): GraphQLError =>
  refusal(
    invalid ? 'The access token is malformed, unknown, expired or revoked' : 'This API needs an access token',
    { code: 'UNAUTHENTICATED' },
    401,
    invalid ? `${BEARER}, error="invalid_token"` : BEARER,
  );

/** RFC 6750 §3.1: more than one way of sending the token, or one that is not served. */
export const malformedAuthentication = (message: string): GraphQLError =>
  refusal(message, { code: 'BAD_REQUEST' }, 400, `${BEARER}, error="invalid_request"`);

/** RFC 6750 §3.1: names what was granted and what would do, and where the client can ask for it. */
function insufficientScope(token: AccessToken, { required, missing }: MissingAccess, issuer: string): GraphQLError {
  const url = authorizeUrl(token, missing, issuer);
  const extensions = {
    code: 'INSUFFICIENT_SCOPE',
    requiredScopes: required,
    missingScopes: missing,
    grantedScopes: [...token.scopes],
    ...(url === undefined ? {} : { authorizeUrl: url }),
  };
  return refusal(
    NOT_PERMITTED,
    extensions,
    403,
    `${BEARER}, error="insufficient_scope", scope="${required.join(' ')}"`,
  );
}

/** Asking again does not help. */
export const forbidden = (): GraphQLError => refusal(NOT_PERMITTED, { code: 'FORBIDDEN' }, 403);

/** The refusal for what a token lacks; undefined if it lacks nothing. Scope first: that much can be mended. */
export function refusalFor(token: AccessToken, lack: MissingAccess, issuer: string): GraphQLError | undefined {
  if (lack.missing.length > 0) return insufficientScope(token, lack, issuer);
  return lack.forbidden ? forbidden() : undefined;
}

/** The request itself is wrong, before anything ran. */
export const badRequest = (message: string, code = 'BAD_USER_INPUT', status = 400): GraphQLError =>
  refusal(message, { code }, status);

/** The operation was stopped: what it had changed by then stands, and nothing else. */
export const timedOut = (): GraphQLError =>
  busy('The operation took longer than 5 seconds and was stopped', { code: 'TIMEOUT' });

/** RFC 6585 §4 where it is the caller's own doing. */
export const tooManySubscriptions = (whose: string, status: 429 | 503): GraphQLError =>
  busy(`${whose} as many live subscriptions as there may be`, { code: 'TOO_MANY_SUBSCRIPTIONS' }, status);

export const subscriberTooSlow = (): GraphQLError =>
  busy('This subscription was read too slowly: what it missed is in auditEvents', { code: 'TOO_SLOW' });

export const unavailable = (requestId?: string): GraphQLError =>
  busy('The server is busy or restarting. Try again in a moment.', { code: 'SERVICE_UNAVAILABLE', requestId });

/** Trying again is right. */
const busy = (message: string, extensions: Record<string, unknown>, status = 503): GraphQLError =>
  createGraphQLError(message, { extensions: { ...extensions, http: { status, headers: { 'Retry-After': '1' } } } });

function refusal(
  message: string,
  extensions: Record<string, unknown>,
  status: number,
  challenge?: string,
): GraphQLError {
  const headers = challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
  return createGraphQLError(message, { extensions: { ...extensions, http: { status, headers } } });
}

interface Sink {
  readonly log: Logger;
  readonly requestId: string | undefined;
}

/** What a caller may know of an error: what we said on purpose, as it is; anything else masked, and logged once. */
export function expose(error: unknown, { log, requestId }: Sink): GraphQLError {
  const located = isGraphQLError(error) ? error : undefined;
  const cause = located?.originalError ?? error;
  // Of the language itself: it is about the caller's document or variables, and so has no place in the answer.
  if (located && located.path === undefined && isGraphQLError(cause)) return located;

  const { nodes = null, source = null, positions = null, path: place = null } = located ?? {};
  const at = { nodes, source, positions, path: place };
  const say = (message: string, extensions: Record<string, unknown>) =>
    createGraphQLError(message, { ...at, extensions });
  if (cause instanceof DomainError) {
    const path = cause.path === undefined ? {} : { field: cause.path };
    return say(cause.message, { code: CODES[cause.code], ...path });
  }
  // Said by our own code for the caller to read; the engine's own errors have no code.
  if (isGraphQLError(cause) && cause.extensions.code !== undefined) return say(cause.message, { ...cause.extensions });
  if (cause instanceof OAuthError) return say(cause.message, { code: 'BAD_USER_INPUT' });
  if (cause instanceof TooManyAttempts) {
    const http = { status: 429, headers: { 'Retry-After': String(cause.seconds) } };
    return say(cause.message, { code: 'TOO_MANY_ATTEMPTS', http });
  }
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    const { message, extensions } = timedOut();
    return say(message, { ...extensions });
  }
  if (isTransientError(cause)) {
    // Of our own refusals there may be thousands a second: they are counted.
    if (!(cause instanceof Overloaded)) log.warn({ err: cause, requestId }, 'the database is away or busy');
    const { message, extensions } = unavailable(requestId);
    return say(message, { ...extensions });
  }
  log.error({ err: cause, requestId }, 'unexpected error');
  return say('Unexpected error.', { code: 'INTERNAL_SERVER_ERROR', requestId });
}

// By name, not by class: a bundler may load the package twice.
const isGraphQLError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError';
