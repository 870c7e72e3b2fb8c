import type { Config } from '../config.ts';
import type { Handler, HttpContext, State } from './context.ts';
import { allowOrigin, type Cors } from './cors.ts';
import { PageError, pageNotFound } from './page-error.ts';

/**
 * What answers at one path: a handler a method, `other` for those that have none and must be refused in a shape of their own,
 * and whether people or programs are told of errors.
 */
export interface Route {
  readonly errorFormat: State['errorFormat'];
  /** Left out: no script of another origin reads the answers. */
  readonly cors?: Cors;
  readonly GET?: Handler;
  readonly POST?: Handler;
  readonly other?: Handler;
}

interface Listed extends Route {
  readonly allowed: string;
}

/** Asked by whoever keeps the server running, under whatever name they know, and above all when it is overloaded. */
const UPKEEP = new Set(['/healthz', '/readyz', '/metrics']);

/** What a URL parser would take for a user, a path, a query or a fragment. */
const BEYOND_A_NAME = /[@/?#\\]/;

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Finds the route and calls its handler; 404, 405 with Allow, and 204 for OPTIONS follow from the table. */
export function route(routes: Record<string, Route>, config: Config): (ctx: HttpContext) => Promise<void> {
  const table = Object.entries(routes).map(([path, found]) => [path, { ...found, allowed: allowed(found) }] as const);
  const exact = new Map(table.filter(([path]) => !path.endsWith('*')));
  const prefixes = table.flatMap(([path, found]) => (path.endsWith('*') ? [[path.slice(0, -1), found] as const] : []));
  const entryFor = (path: string): readonly [string, Listed | undefined] =>
    exact.has(path)
      ? [path, exact.get(path)]
      : (prefixes.find(([prefix]) => path.startsWith(prefix)) ?? ['other', undefined]);

  const checkHost = hostCheck(config);

  return async (ctx) => {
    const asked = ctx.path;
    const path = asked.length > 1 && asked.endsWith('/') ? asked.slice(0, -1) : asked;
    const [name, found] = entryFor(path);
    ctx.state.route = name;
    ctx.state.errorFormat = found?.errorFormat ?? (ctx.accepts('json', 'html') === 'html' ? 'page' : 'json');
    checkHost(ctx, path);
    if (!found) throw pageNotFound();
    if (UPKEEP.has(name)) await serve(ctx, found);
    else await ctx.state.concurrency.run(() => serve(ctx, found));
  };
}

async function serve(ctx: HttpContext, found: Listed): Promise<void> {
  if (found.cors) await allowOrigin(ctx, found.cors, found.allowed);
  const method = ctx.req.method ?? '';
  if (method === 'OPTIONS') {
    ctx.set('Allow', found.allowed);
    ctx.status = 204;
    return;
  }
  const handler = handlerFor(found, method) ?? found.other;
  if (handler) return handler(ctx);
  ctx.set('Allow', found.allowed);
  throw new PageError(405, 'Method not allowed', `Only ${found.allowed} requests allowed.`);
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
function hostCheck({ issuer, issuerIsLoopback }: Config): (ctx: HttpContext, path: string) => void {
  const own = new URL(issuer);
  const samePlace = (host: string): boolean => {
    if (host === own.host) return true;
    const asked = BEYOND_A_NAME.test(host) ? null : URL.parse(`${own.protocol}//${host}`);
    return (
      asked?.host === own.host || (issuerIsLoopback && asked?.port === own.port && LOOPBACK_NAMES.has(asked.hostname))
    );
  };
  return ({ req }, path) => {
    if ((req.headersDistinct.host?.length ?? 0) !== 1)
      throw new PageError(400, 'This request is malformed', 'It must have exactly one Host header.');
    if (!UPKEEP.has(path) && !samePlace(req.headers.host ?? ''))
      throw new PageError(421, 'Wrong address', `The address of this server is ${issuer}.`);
  };
}
