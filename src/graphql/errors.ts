import type { GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';
import type { Logger } from 'pino';
import { DomainError, type DomainErrorCode, forbidden as forbiddenError } from '../directory/error.ts';
import { authorizeUrl } from '../oauth/authorize/authorize-url.ts';
import { OAuthError } from '../oauth/error.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import { Overloaded } from '../overloaded.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import { TooManyAttempts } from '../store/rate-limits.ts';
import type { MissingAccess } from './access/access.ts';
import { LIMITS } from './access/limits.ts';

const NOT_PERMITTED = forbiddenError().message;
const BEARER = 'Bearer realm="gatehouse"';

/** Codes of top-level errors. Mutations report errors that the caller can correct in their payload instead. */
const CODES: Record<DomainErrorCode, string> = {
  INVALID: 'BAD_USER_INPUT',
  TAKEN: 'BAD_USER_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
};

/** RFC 6750 §3.1: the challenge has no error attribute if no token was sent, and `invalid_token` if the token is not valid. */
export const unauthenticated = (invalid: boolean): GraphQLError =>
  refusal(
    invalid ? 'The access token is malformed, unknown, expired or revoked' : 'This API needs an access token',
    { code: 'UNAUTHENTICATED' },
    401,
    invalid ? `${BEARER}, error="invalid_token"` : BEARER,
  );

/** RFC 6750 §3.1: the token was sent in more than one way, or in one that is not supported. */
export const malformedAuthentication = (message: string): GraphQLError =>
  refusal(message, { code: 'BAD_REQUEST' }, 400, `${BEARER}, error="invalid_request"`);

/** RFC 6750 §3.1: lists the required, missing and granted scopes, and the URL at which the client can request them. */
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

/** The user or client lacks a permission, so more scopes do not help. */
export const forbidden = (): GraphQLError => refusal(NOT_PERMITTED, { code: 'FORBIDDEN' }, 403);

/** The error for missing access; undefined if nothing is missing. Scopes come first, because the client can request those. */
export function refusalFor(token: AccessToken, access: MissingAccess, issuer: string): GraphQLError | undefined {
  if (access.missing.length > 0) return insufficientScope(token, access, issuer);
  return access.forbidden ? forbidden() : undefined;
}

/** The request is invalid; nothing was executed. */
export const badRequest = (message: string, code = 'BAD_USER_INPUT', status = 400): GraphQLError =>
  refusal(message, { code }, status);

/** The operation was stopped. Mutations that had completed by then stay in effect. */
export const timedOut = (): GraphQLError =>
  busy(`The operation took longer than ${LIMITS.milliseconds / 1000} seconds and was stopped`, { code: 'TIMEOUT' });

/** RFC 6585 §4: 429 if the caller reached its own limit, 503 if the server reached its limit. */
export const tooManySubscriptions = (whose: string, status: 429 | 503): GraphQLError =>
  busy(`${whose} reached the limit of live subscriptions`, { code: 'TOO_MANY_SUBSCRIPTIONS' }, status);

export const subscriberTooSlow = (): GraphQLError =>
  busy('This subscription was read too slowly and was closed. Query auditEvents for the events it missed.', {
    code: 'TOO_SLOW',
  });

export const unavailable = (requestId?: string): GraphQLError =>
  busy('The server is busy or restarting. Try again in a moment.', { code: 'SERVICE_UNAVAILABLE', requestId });

/** The client should retry. */
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

/** Passes on the errors that Gatehouse raises for callers. Masks and logs every other error. */
export function expose(error: unknown, { log, requestId }: Sink): GraphQLError {
  const located = isGraphQLError(error) ? error : undefined;
  const cause = located?.originalError ?? error;
  // A GraphQL error without a path is about the caller's document or variables, not about a field that ran.
  if (located && located.path === undefined && isGraphQLError(cause)) return located;

  const { nodes = null, source = null, positions = null, path: place = null } = located ?? {};
  const at = { nodes, source, positions, path: place };
  const say = (message: string, extensions: Record<string, unknown>) =>
    createGraphQLError(message, { ...at, extensions });
  if (cause instanceof DomainError) {
    const path = cause.path === undefined ? {} : { field: cause.path };
    return say(cause.message, { code: CODES[cause.code], ...path });
  }
  // Our own errors have a code and are written for the caller; those of graphql-js have none.
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
    // Overload can refuse thousands of requests a second, so those are counted in a metric and not logged.
    if (!(cause instanceof Overloaded)) log.warn({ err: cause, requestId }, 'database unavailable');
    const { message, extensions } = unavailable(requestId);
    return say(message, { ...extensions });
  }
  log.error({ err: cause, requestId }, 'unexpected error');
  return say('Unexpected error.', { code: 'INTERNAL_SERVER_ERROR', requestId });
}

// Compares the name, because a bundler may load the package twice and then `instanceof` fails.
const isGraphQLError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError';
