import type { GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';
import { forbidden as forbiddenError } from '../directory/error.ts';
import { authorizeUrl } from '../oauth/authorize/authorize-url.ts';
import { scopeAttribute } from '../oauth/metadata.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import type { MissingAccess } from './access/access.ts';
import { LIMITS } from './access/limits.ts';

const NOT_PERMITTED = forbiddenError().message;
const BEARER = 'Bearer realm="gatehouse"';

/** RFC 6750 §3.1: the challenge has no error attribute if no token was sent, and `invalid_token` if the token is not valid. It names the scopes to request. */
export const unauthenticated = (invalid: boolean): GraphQLError =>
  refusal(
    invalid ? 'The access token is malformed, unknown, expired or revoked' : 'This API needs an access token',
    { code: 'UNAUTHENTICATED' },
    401,
    `${BEARER}${invalid ? ', error="invalid_token"' : ''}, ${scopeAttribute('/graphql')}`,
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

/** The operation was executed; mutations stay in effect. */
export const responseTooLarge = (): GraphQLError =>
  createGraphQLError(
    'The operation was executed, but its data takes more than 5 MB and is left out. Request smaller pages or fewer fields.',
    { extensions: { code: 'LIMIT_EXCEEDED' } },
  );

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
