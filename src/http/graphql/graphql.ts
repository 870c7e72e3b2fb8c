import { Readable } from 'node:stream';
import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import getRawBody from 'raw-body';
import type { Config } from '../../config.ts';
import type { Context } from '../../graphql/context.ts';
import { badRequest, malformedAuthentication, unauthenticated } from '../../graphql/errors.ts';
import { executeRequest } from '../../graphql/execution/execute-request.ts';
import { isIntrospection } from '../../graphql/execution/introspection.ts';
import { withTimeLimit } from '../../graphql/execution/run-operation.ts';
import { makeYoga } from '../../graphql/execution/yoga.ts';
import type { LiveEvents } from '../../graphql/subscriptions/live-events.ts';
import type { Database } from '../../store/connection/database.ts';
import { withDeadline } from '../../store/connection/orm.ts';
import type { HttpContext } from '../context.ts';
import { addResourceMetadata } from '../endpoints/protected-resource.ts';
import { MAX_BODY, parseGraphQLBody } from './body.ts';
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

/** POST /graphql with a bearer token and a JSON body. Errors have GraphQL's shape even if nothing is executed. */
export function graphqlHandler(options: GraphQLOptions): (ctx: HttpContext) => Promise<void> {
  const { config, live, log } = options;
  const database = options.database.share(CONNECTIONS);
  const yoga = makeYoga(log, database);

  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    try {
      if (ctx.method !== 'POST') throw methodNotAllowed(ctx);
      const token = await authenticate(ctx, !config.production && isJson(ctx));
      const text = await readText(ctx);
      const body = parseGraphQLBody(text);
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
        // Yoga serves streams, and refuses an Accept header without any type that we support.
        const headers = { 'Content-Type': 'application/json', Accept: accept || '*/*' };
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
  // The client disconnected while the token was looked up; reading would wait for ever.
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

function methodNotAllowed(ctx: HttpContext): GraphQLError {
  ctx.set('Allow', 'POST');
  return badRequest('Send a POST request', 'METHOD_NOT_ALLOWED', 405);
}

function respond(ctx: HttpContext, { status, headers, body }: ReturnType<typeof jsonResponse>): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
  addResourceMetadata(ctx, '/graphql');
}

/** Headers that we set ourselves; those of Yoga's response are not copied. */
const HEADERS_NOT_COPIED = new Set(['content-length', 'content-encoding', 'connection', 'cache-control']);

async function respondFromYoga(ctx: HttpContext, response: Response): Promise<void> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const body = isStream ? Readable.from(response.body ?? []) : await response.text();
  ctx.body = body === '' ? null : body;
  // After the body, because Koa sets 204 for an empty one.
  ctx.status = response.status;
  for (const [name, value] of response.headers) if (!HEADERS_NOT_COPIED.has(name.toLowerCase())) ctx.set(name, value);
  addResourceMetadata(ctx, '/graphql');
  // Reverse proxies that buffer responses would hold the stream back for ever.
  if (isStream) ctx.set('X-Accel-Buffering', 'no');
}

function disconnected({ res }: HttpContext): AbortSignal {
  const controller = new AbortController();
  if (res.closed) controller.abort();
  else res.once('close', () => controller.abort());
  return controller.signal;
}
