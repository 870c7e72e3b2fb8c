import type { Handler, HttpContext, State } from './context.ts';
import { allowOrigin, type Cors } from './cors.ts';
import { noSuchPage, PageError } from './errors.ts';

/**
 * What answers at one path: a handler a method, `other` for those that have none and must be refused in a shape of their own,
 * and whether people or programs are told of errors.
 */
export interface Route {
  readonly answers: State['answers'];
  /** Left out: no script of another origin reads the answers. */
  readonly cors?: Cors;
  readonly GET?: Handler;
  readonly POST?: Handler;
  readonly other?: Handler;
}

/** Asked by machines under whatever name they know. */
const ANY_HOST = new Set(['/healthz', '/readyz', '/metrics']);

/** What a URL parser would take for a user, a path, a query or a fragment. */
const BEYOND_A_NAME = /[@/?#\\]/;

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Finds the route and calls its handler; 404, 405 with Allow, and 204 for OPTIONS follow from the table. */
export function route(table: Record<string, Route>): (ctx: HttpContext) => Promise<void> {
  const exact = new Map(Object.entries(table).filter(([path]) => !path.endsWith('*')));
  const prefixes = Object.entries(table).flatMap(([path, found]) =>
    path.endsWith('*') ? [[path.slice(0, -1), found] as const] : [],
  );
  const entryFor = (path: string): readonly [string, Route | undefined] =>
    exact.has(path)
      ? [path, exact.get(path)]
      : (prefixes.find(([prefix]) => path.startsWith(prefix)) ?? ['other', undefined]);

  return async (ctx) => {
    const path = ctx.path.length > 1 && ctx.path.endsWith('/') ? ctx.path.slice(0, -1) : ctx.path;
    const [name, found] = entryFor(path);
    ctx.state.route = name;
    ctx.state.answers = found?.answers ?? (ctx.accepts('json', 'html') === 'html' ? 'page' : 'json');
    checkHost(ctx, path);
    if (!found) throw noSuchPage();
    if (found.cors) await allowOrigin(ctx, found.cors, allowed(found));
    if (ctx.method === 'OPTIONS') {
      ctx.set('Allow', allowed(found));
      ctx.status = 204;
      return;
    }
    const handler = handlerFor(found, ctx.method) ?? found.other;
    if (handler) return handler(ctx);
    ctx.set('Allow', allowed(found));
    throw new PageError(405, 'This cannot be done here', `Only ${allowed(found)} requests allowed.`);
  };
}

function handlerFor({ GET, POST }: Route, method: string): Handler | undefined {
  if (method === 'POST') return POST;
  return method === 'GET' || method === 'HEAD' ? GET : undefined;
}

const allowed = ({ GET, POST }: Route): string =>
  [...(GET ? ['GET', 'HEAD'] : []), ...(POST ? ['POST'] : [])].join(', ');

/**
 * RFC 9112 §3.2: one Host. A name that is not ours comes from a rebound DNS name or a stray proxy; nothing we print is made
 * from it, and it gets no further. On loopback the three names of this machine are one.
 */
function checkHost(ctx: HttpContext, path: string): void {
  if ((ctx.req.headersDistinct.host?.length ?? 0) !== 1)
    throw new PageError(400, 'This request is malformed', 'It must have exactly one Host header.');
  if (ANY_HOST.has(path)) return;
  const { issuer, issuerIsLoopback } = ctx.state.config;
  const own = new URL(issuer);
  const host = ctx.req.headers.host ?? '';
  const asked = URL.parse(`${own.protocol}//${host}`);
  const samePlace =
    asked?.host === own.host || (issuerIsLoopback && asked?.port === own.port && LOOPBACK_NAMES.has(asked.hostname));
  if (!samePlace || BEYOND_A_NAME.test(host))
    throw new PageError(421, 'Wrong address', `This server answers at ${issuer}.`);
}
