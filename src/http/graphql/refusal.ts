import { badRequest, expose, unauthenticated } from '../../graphql/errors.ts';
import { OAuthError } from '../../oauth/error.ts';
import type { HttpContext } from '../context.ts';
import { tellWhereDescribed } from '../endpoints/protected-resource.ts';

/** Tells a refusal in GraphQL's shape, with the headers that go with it. */
export function refuse(ctx: HttpContext, error: unknown): void {
  const { log, origin } = ctx.state;
  const { message, extensions } = expose(readable(error), { log, requestId: origin.requestId });
  const { http, ...told } = extensions as { http?: { status?: number; headers?: Record<string, string> } };
  ctx.body = JSON.stringify({ errors: [{ message, extensions: told }] });
  ctx.status = http?.status ?? 500;
  ctx.set(http?.headers ?? {});
  tellWhereDescribed(ctx, '/graphql');
  const asked = ctx.get('accept').includes('application/graphql-response+json');
  ctx.set('Content-Type', `application/${asked ? 'graphql-response+' : ''}json; charset=utf-8`);
  // What is left of an oversized body is not worth reading.
  if (ctx.status === 413) ctx.set('Connection', 'close');
}

/** What the floors below and the body reader throw, in this endpoint's words. */
function readable(error: unknown): unknown {
  if (error instanceof OAuthError && error.code === 'invalid_token') return unauthenticated(true);
  const { status } = error instanceof Error ? (error as { status?: unknown }) : {};
  if (status === 413) return badRequest('The body is longer than 100 KB', 'PAYLOAD_TOO_LARGE', 413);
  return status === 400 ? badRequest('The body could not be read', 'BAD_REQUEST') : error;
}
