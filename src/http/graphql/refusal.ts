import { badRequest, unauthenticated } from '../../graphql/errors.ts';
import { expose } from '../../graphql/expose.ts';
import { OAuthError } from '../../oauth/error.ts';
import type { HttpContext } from '../context.ts';
import { addResourceMetadata } from '../endpoints/protected-resource.ts';
import { MAX_BODY } from './body.ts';

/** Responds with an error in GraphQL's shape and with the headers of that error. */
export function refuse(ctx: HttpContext, error: unknown): void {
  const { log, origin } = ctx.state;
  const { message, extensions } = expose(translated(error), { log, requestId: origin.requestId });
  const { http, ...visible } = extensions as { http?: { status?: number; headers?: Record<string, string> } };
  ctx.body = JSON.stringify({ errors: [{ message, extensions: visible }] });
  ctx.status = http?.status ?? 500;
  ctx.set(http?.headers ?? {});
  addResourceMetadata(ctx, '/graphql');
  const acceptsGraphQL = ctx.get('accept').includes('application/graphql-response+json');
  ctx.set('Content-Type', `application/${acceptsGraphQL ? 'graphql-response+' : ''}json; charset=utf-8`);
  // Do not read the rest of an oversized body.
  if (ctx.status === 413) ctx.set('Connection', 'close');
}

/** Errors of the token check and of the body parser as GraphQL errors. */
function translated(error: unknown): unknown {
  if (error instanceof OAuthError && error.code === 'invalid_token') return unauthenticated(true);
  const { status } = error instanceof Error ? (error as { status?: unknown }) : {};
  if (status === 413) return badRequest(`The body is longer than ${MAX_BODY / 1024} KB`, 'PAYLOAD_TOO_LARGE', 413);
  return status === 400 ? badRequest('The body could not be read', 'BAD_REQUEST') : error;
}
