import type { GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';
import type { Logger } from 'pino';
import { DomainError, type DomainErrorCode } from '../directory/error.ts';
import { OAuthError } from '../oauth/error.ts';
import { Overloaded } from '../overloaded.ts';
import { reportFailure } from '../store/connection/outage.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import { TooManyAttempts } from '../store/rate-limits.ts';
import { timedOut, unavailable } from './errors.ts';

/** Codes of top-level errors. Mutations report errors that the caller can correct in their payload instead. */
const CODES: Record<DomainErrorCode, string> = {
  INVALID: 'BAD_USER_INPUT',
  TAKEN: 'BAD_USER_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
};

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
    if (!(cause instanceof Overloaded)) reportFailure(log, cause, requestId);
    const { message, extensions } = unavailable(requestId);
    return say(message, { ...extensions });
  }
  log.error({ err: cause, requestId }, 'unexpected error');
  return say('Unexpected error.', { code: 'INTERNAL_SERVER_ERROR', requestId });
}

// Compares the name, because a bundler may load the package twice and then `instanceof` fails.
const isGraphQLError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError';
