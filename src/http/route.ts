import type { Config } from '../config.ts';
import type { Handler, HttpContext, State } from './context.ts';
import { allowOrigin, type Cors } from './cors.ts';
import { PageError, pageNotFound } from './page-error.ts';

/** One path of the server: a handler per method, and the format of its errors. */
export interface Route {
  readonly errorFormat: State['errorFormat'];
  /** If omitted, no script of another origin can read the responses. */
  readonly cors?: Cors;
  /** The responses depend on cookies, so the host must be the issuer's if the issuer is a loopback address. */
  readonly cookies?: true;
  /** Apps open the page in a pop-up and wait for their callback there, so it must keep its reference to the app's window. */
  readonly popup?: true;
  readonly GET?: Handler;
  readonly POST?: Handler;
  /** Handles all other methods, for endpoints with their own format of a 405. */
  readonly other?: Handler;
}

interface TableEntry extends Route {
  readonly allowed: string;
}

/** Monitoring requests these under any host name, and they must respond even when the server is overloaded. */
const OPERATIONS_PATHS = new Set(['/healthz', '/readyz', '/metrics']);

/** Characters that a URL parser would read as the start of a user, path, query or fragment. */
const NOT_IN_HOST = /[@/?#\\]/;

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Finds the route and calls its handler. Responds with 404, 405 with Allow, and 204 to OPTIONS according to the table. */
export function route(routes: Record<string, Route>, config: Config): (ctx: HttpContext) => Promise<void> {
  const table = Object.entries(routes).map(([path, found]) => [path, { ...found, allowed: allowed(found) }] as const);
  const exact = new Map(table.filter(([path]) => !path.endsWith('*')));
  const prefixes = table.flatMap(([path, found]) => (path.endsWith('*') ? [[path.slice(0, -1), found] as const] : []));
  const entryFor = (path: string): readonly [string, TableEntry | undefined] =>
    exact.has(path)
      ? [path, exact.get(path)]
      : (prefixes.find(([prefix]) => path.startsWith(prefix)) ?? ['other', undefined]);

  const checkHost = hostCheck(config);

  return async (ctx) => {
    const requested = ctx.path;
    const path = requested.length > 1 && requested.endsWith('/') ? requested.slice(0, -1) : requested;
    const [name, entry] = entryFor(path);
    ctx.state.route = name;
    ctx.state.errorFormat = entry?.errorFormat ?? (ctx.accepts('json', 'html') === 'html' ? 'page' : 'json');
    if (entry?.popup) ctx.remove('Cross-Origin-Opener-Policy');
    checkHostCount(ctx);
    if (entry?.cookies) checkHost(ctx);
    if (!entry) throw pageNotFound();
    if (OPERATIONS_PATHS.has(name)) await serve(ctx, entry);
    else await ctx.state.concurrency.run(() => serve(ctx, entry));
  };
}

async function serve(ctx: HttpContext, entry: TableEntry): Promise<void> {
  if (entry.cors) await allowOrigin(ctx, entry.cors, entry.allowed);
  const method = ctx.req.method ?? '';
  if (method === 'OPTIONS') {
    ctx.set('Allow', entry.allowed);
    ctx.status = 204;
    return;
  }
  const handler = handlerFor(entry, method) ?? entry.other;
  if (handler) return handler(ctx);
  ctx.set('Allow', entry.allowed);
  throw new PageError(405, 'Method not allowed', `Only ${entry.allowed} requests allowed.`);
}

function handlerFor({ GET, POST }: Route, method: string): Handler | undefined {
  if (method === 'POST') return POST;
  return method === 'GET' || method === 'HEAD' ? GET : undefined;
}

const allowed = ({ GET, POST }: Route): string =>
  [...(GET ? ['GET', 'HEAD'] : []), ...(POST ? ['POST'] : [])].join(', ');

/** RFC 9112 §3.2: HTTP/1.1 requires exactly one Host header, HTTP/1.0 allows at most one. Some health checks use HTTP/1.0. */
function checkHostCount({ req }: HttpContext): void {
  const count = req.headersDistinct.host?.length ?? 0;
  if (count !== 1 && (count !== 0 || req.httpVersion !== '1.0'))
    throw new PageError(400, 'This request is malformed', 'It must have exactly one Host header.');
}

/**
 * With a loopback issuer the host must be one of the three loopback names, because a site that resolves its own name to this
 * machine (DNS rebinding) could otherwise read the pages. With a public issuer nothing depends on the host, so a mismatch is
 * only logged, once.
 */
function hostCheck({ issuer, issuerIsLoopback }: Config): (ctx: HttpContext) => void {
  const issuerUrl = new URL(issuer);
  const isIssuerHost = (host: string): boolean => {
    if (host === issuerUrl.host) return true;
    const url = NOT_IN_HOST.test(host) ? null : URL.parse(`${issuerUrl.protocol}//${host}`);
    return (
      url?.host === issuerUrl.host ||
      (issuerIsLoopback && url?.port === issuerUrl.port && LOOPBACK_NAMES.has(url.hostname))
    );
  };
  let logged = false;
  return ({ req, state: { log } }) => {
    if (isIssuerHost(req.headers.host ?? '')) return;
    if (issuerIsLoopback) throw new PageError(421, 'Wrong address', `The address of this server is ${issuer}.`);
    if (logged) return;
    logged = true;
    log.warn(
      { issuer },
      'a page was requested with another Host header than that of ISSUER; a proxy in front should pass the header on (nginx: proxy_set_header Host $http_host)',
    );
  };
}
