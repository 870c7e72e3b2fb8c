import { Readable } from 'node:stream';
import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import getRawBody from 'raw-body';
import type { Config } from '../../config.ts';
import type { Context } from '../../graphql/context.ts';
import { badRequest, malformedAuthentication, unauthenticated } from '../../graphql/errors.ts';
import { executeRequest, isNoQuery } from '../../graphql/execution/execute-request.ts';
import { isIntrospection } from '../../graphql/execution/introspection.ts';
import { withTimeLimit } from '../../graphql/execution/run-operation.ts';
import { makeYoga } from '../../graphql/execution/yoga.ts';
import type { LiveEvents } from '../../graphql/subscriptions/live-events.ts';
import type { Database } from '../../store/connection/database.ts';
import { withDeadline } from '../../store/connection/orm.ts';
import type { HttpContext } from '../context.ts';
import { addResourceMetadata } from '../endpoints/protected-resource.ts';
import { bodyOfGet, MAX_BODY, parseGraphQLBody } from './body.ts';
import { refuse } from './refusal.ts';
import { jsonResponse, jsonTypeFor } from './response.ts';
import { authenticate } from './token.ts';

interface GraphQLOptions {
  readonly config: Config;
  readonly database: Database;
  readonly live: LiveEvents;
  readonly log: Logger;
}

/** Connections of the pool that GraphQL may use, so that it cannot starve the token endpoint. */
const CONNECTIONS = 4;

/** POST /graphql with a bearer token and a JSON body, or GET with a query. Errors have GraphQL's shape even if nothing is executed. */
export function graphqlHandler(options: GraphQLOptions): (ctx: HttpContext) => Promise<void> {
  const { config, live, log } = options;
  const database = options.database.share(CONNECTIONS);
  const yoga = makeYoga(log, database);

  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    try {
      const isGet = ctx.method === 'GET' || ctx.method === 'HEAD';
      if (!isGet && ctx.method !== 'POST') throw methodNotAllowed(ctx, 'GET, HEAD, POST', 'Send a POST or GET request');
      const token = await authenticate(ctx, !config.production && isJson(ctx));
      const text = isGet ? bodyOfGet(ctx.querystring) : await readText(ctx);
      const body = parseGraphQLBody(text);
      if (isGet && isNoQuery(body)) throw methodNotAllowed(ctx, 'POST', 'Send a mutation or subscription by POST');
      if (!token && !isIntrospection(body.query)) throw unauthenticated(false);

      const { limits, now, origin, backchannel } = ctx.state;
      const deliverLogoutTokens = () => backchannel.deliver();
      const perRequest = {
        now,
        config,
        limits,
        origin,
        token,
        disconnected: () => disconnected(ctx),
        live,
        deliverLogoutTokens,
      };
      await withTimeLimit(async (deadline) => {
        const context: Context = { ...perRequest, ...withDeadline(database, deadline), deadline };
        const accept = ctx.get('accept');
        const type = jsonTypeFor(accept);
        const result = type && (await executeRequest(body, context, log));
        if (type && result) return respond(ctx, jsonResponse(result, accept, type));
        // Yoga serves streams. It could also respond with multipart, which we do not support.
        const accepted = withoutMultipart(accept);
        if (accepted === '') throw badRequest('No media type of the Accept header is supported', 'NOT_ACCEPTABLE', 406);
        const headers = { 'Content-Type': 'application/json', Accept: accepted };
        await respondFromYoga(
          ctx,
          await yoga.fetch('http://localhost/graphql', { method: 'POST', headers, body: text }, context),
        );
      });
    } catch (error) {
      refuse(ctx, error);
    }
  };
}

const isJson = (ctx: HttpContext): boolean =>
  /^application\/json *(; *charset="?utf-8"? *)?$/i.test(ctx.get('content-type'));

async function readText(ctx: HttpContext): Promise<string> {
  if (ctx.get('content-encoding') !== '')
    throw badRequest('A compressed body is not accepted', 'UNSUPPORTED_MEDIA_TYPE', 415);
  // The client disconnected during the token look-up. Reading the body would never end.
  if (ctx.req.destroyed) throw badRequest('The request was not sent in full', 'BAD_REQUEST');
  const bytes = await ctx.state.concurrency.whileReceiving(() =>
    getRawBody(ctx.req, { limit: MAX_BODY, length: ctx.get('content-length') || null }),
  );
  if (!isJson(ctx)) {
    // RFC 6750 §2.2 allows a token in a form. Gatehouse does not, so that there is one way to send it.
    if (/(^|&)access_token=/.test(bytes.toString('latin1')))
      throw malformedAuthentication('Send the token in the Authorization header only');
    throw badRequest('Send the request as application/json', 'UNSUPPORTED_MEDIA_TYPE', 415);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('The body is not UTF-8', 'BAD_REQUEST');
  }
}

function methodNotAllowed(ctx: HttpContext, allowed: string, message: string): GraphQLError {
  ctx.set('Allow', allowed);
  return badRequest(message, 'METHOD_NOT_ALLOWED', 405);
}

function respond(ctx: HttpContext, { status, headers, body }: ReturnType<typeof jsonResponse>): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
  addResourceMetadata(ctx, '/graphql');
}

/** An empty Accept header accepts everything; the result is empty if nothing but multipart is accepted. */
function withoutMultipart(accept: string): string {
  if (accept === '') return '*/*';
  const ranges = accept.split(',').filter((range) => !/^\s*multipart\//i.test(range));
  return ranges.join(',').trim();
}

/** Headers of Yoga's response that are passed on: its media type, and those of errors. */
const HEADERS_COPIED = ['content-type', 'allow', 'retry-after', 'www-authenticate'];

async function respondFromYoga(ctx: HttpContext, response: Response): Promise<void> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const body = isStream ? Readable.from(response.body ?? []) : await response.text();
  ctx.body = body === '' ? null : body;
  // Set the status after the body, because Koa sets 204 for an empty body.
  ctx.status = response.status;
  for (const name of HEADERS_COPIED) {
    const value = response.headers.get(name);
    if (value !== null) ctx.set(name, value);
  }
  addResourceMetadata(ctx, '/graphql');
  // Reverse proxies that buffer responses would hold the stream back forever.
  if (isStream) ctx.set('X-Accel-Buffering', 'no');
}

function disconnected({ res }: HttpContext): AbortSignal {
  const controller = new AbortController();
  if (res.closed) controller.abort();
  else res.once('close', () => controller.abort());
  return controller.signal;
}
