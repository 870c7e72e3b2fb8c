import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import Koa from 'koa';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { LiveEvents } from '../graphql/subscriptions/live-events.ts';
import type { SigningKeys } from '../oauth/keys/signing-keys.ts';
import type { Database } from '../store/connection/database.ts';
import { makeRateLimits, noRateLimits } from '../store/rate-limits.ts';
import { makeReadiness } from '../store/readiness.ts';
import type { Handler, State } from './context.ts';
import { authorize } from './endpoints/authorize.ts';
import { introspect } from './endpoints/introspect.ts';
import { jwks } from './endpoints/jwks.ts';
import { revoke } from './endpoints/revoke.ts';
import { token } from './endpoints/token.ts';
import { userinfo } from './endpoints/userinfo.ts';
import { wellKnownRoutes } from './endpoints/well-known.ts';
import { handleErrors } from './errors.ts';
import { graphiqlAsset, graphiqlCallback, graphiqlPage } from './graphql/graphiql.ts';
import { securityHeadersSetter } from './headers.ts';
import type { BackchannelLogout } from './operations/backchannel-logout.ts';
import { makeConcurrencyLimit } from './operations/concurrency-limit.ts';
import { healthz, readyzHandler } from './operations/health.ts';
import { type MetricsReport, metricsHandler } from './operations/metrics.ts';
import type { Measurements } from './operations/metrics-registry.ts';
import { seeOther } from './redirect.ts';
import { type Route, route } from './route.ts';
import { consent } from './site/consent.ts';
import { home } from './site/home.ts';
import { login } from './site/login.ts';
import { setup } from './site/setup.ts';
import { unlessSpeculative } from './speculative.ts';
import { staticFile } from './static-file.ts';

export interface AppOptions {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly signingKeys: SigningKeys;
  readonly backchannel: BackchannelLogout;
  readonly measurements: Measurements;
  readonly metrics: MetricsReport;
  readonly live: () => Promise<LiveEvents>;
  readonly log: Logger;
  /** Aborted when shutdown begins, so that long-lived requests end. */
  readonly stopping: AbortSignal;
}

/** Every URL of the server. A trailing slash is ignored; a path that ends in `*` matches every path with that prefix. */
function routes({ config, database, keyring, live, log, metrics, stopping }: AppOptions): Record<string, Route> {
  const graphql = lazyHandler(async () => {
    const [{ graphqlHandler }, subscriptions] = await Promise.all([import('./graphql/graphql.ts'), live()]);
    return graphqlHandler({ config, database, live: subscriptions, log });
  });
  const account = lazyHandler(async () => (await import('./site/account.ts')).account);
  const logout = lazyHandler(async () => (await import('./site/logout.ts')).logout);
  const endSession = lazyHandler(async () => (await import('./endpoints/end-session.ts')).endSession);
  const sdl = lazyHandler(async () => (await import('./graphql/sdl.ts')).sdlHandler(config));
  const browserOrProgram: Handler = (ctx) =>
    ctx.get('authorization') === '' && ctx.accepts('json', 'html') === 'html' ? graphiqlPage(ctx) : graphql(ctx);
  const style = staticFile('text/css; charset=utf-8', readFileSync(new URL('pages/style.css', import.meta.url)));
  const robots = staticFile('text/plain; charset=utf-8', Buffer.from('User-agent: *\nDisallow: /\n'));
  const icon = staticFile('image/svg+xml', readFileSync(new URL('pages/icon.svg', import.meta.url)));
  const graphiql: Record<string, Route> = {
    '/graphql': { errorFormat: 'json', cors: 'listed', GET: browserOrProgram, POST: graphql, other: graphql },
    '/graphiql': { errorFormat: 'page', GET: graphiqlPage },
    '/graphiql/callback': { errorFormat: 'page', GET: graphiqlCallback },
    '/graphiql/*': { errorFormat: 'page', GET: graphiqlAsset },
  };
  const table: Record<string, Route> = {
    '/': { errorFormat: 'page', cookies: true, GET: home },
    '/oauth/authorize': {
      errorFormat: 'page',
      cookies: true,
      popup: true,
      GET: unlessSpeculative(authorize),
      POST: authorize,
    },
    '/oauth/token': { errorFormat: 'json', cors: 'listed', POST: token },
    '/oauth/revoke': { errorFormat: 'json', cors: 'listed', POST: revoke },
    '/oauth/introspect': { errorFormat: 'json', POST: introspect },
    '/oauth/jwks': { errorFormat: 'json', cors: 'any', GET: jwks },
    '/oauth/userinfo': { errorFormat: 'json', cors: 'listed', GET: userinfo, POST: userinfo },
    '/oauth/logout': {
      errorFormat: 'page',
      cookies: true,
      popup: true,
      GET: unlessSpeculative(endSession),
      POST: endSession,
    },
    '/login': { errorFormat: 'page', cookies: true, popup: true, GET: login, POST: login },
    '/consent': { errorFormat: 'page', cookies: true, popup: true, GET: unlessSpeculative(consent), POST: consent },
    '/logout': { errorFormat: 'page', cookies: true, popup: true, GET: logout, POST: logout },
    '/account': { errorFormat: 'page', cookies: true, GET: account, POST: account },
    '/setup': { errorFormat: 'page', cookies: true, GET: setup, POST: setup },
    '/graphql': { errorFormat: 'json', cors: 'listed', GET: graphql, POST: graphql, other: graphql },
    ...(config.graphiql ? graphiql : {}),
    '/graphql/sdl': { errorFormat: 'json', GET: sdl },
    '/style.css': { errorFormat: 'page', GET: style },
    '/icon.svg': { errorFormat: 'page', GET: icon },
    '/favicon.ico': { errorFormat: 'page', GET: (ctx) => seeOther(ctx, '/icon.svg') },
    '/robots.txt': { errorFormat: 'page', GET: robots },
    // W3C "A Well-Known URL for Changing Passwords"
    '/.well-known/change-password': { errorFormat: 'page', GET: (ctx) => seeOther(ctx, '/account') },
    '/healthz': { errorFormat: 'json', GET: healthz },
    '/readyz': { errorFormat: 'json', GET: readyzHandler(makeReadiness(database, keyring), stopping) },
    ...(config.metricsToken === undefined
      ? {}
      : { '/metrics': { errorFormat: 'json', GET: metricsHandler(metrics, config.metricsToken) } }),
  };
  return { ...table, ...wellKnownRoutes(new Set(Object.keys(table))) };
}

/** The HTTP application. It reads the clock once per request, so that everything below uses the same instant. */
export function createApp(options: AppOptions): Koa<State> {
  const { config, database, keyring, signingKeys, backchannel, log, measurements } = options;
  const limits = config.rateLimits ? makeRateLimits(database.sql) : noRateLimits;
  const concurrency = makeConcurrencyLimit(measurements.countShed);
  const setSecurityHeaders = securityHeadersSetter(config);
  const app = new Koa<State>({ proxy: config.trustProxy, maxIpsCount: 1 });
  app.use(async (ctx, next) => {
    const now = new Date();
    const origin = { ip: addressOf(ctx.ip), requestId: randomUUID(), userAgent: ctx.req.headers['user-agent'] };
    ctx.state = {
      sql: database.sql,
      database,
      config,
      keyring,
      signingKeys,
      backchannel,
      limits,
      now,
      origin,
      found: {},
      log,
      measurements,
      concurrency,
      route: 'other',
      errorFormat: 'page',
    };
    setSecurityHeaders(ctx);
    const startedAt = performance.now();
    await next();
    const { method = '' } = ctx.req;
    const { statusCode: status } = ctx.res;
    measurements.observeRequest(ctx.state.route, method, status, (performance.now() - startedAt) / 1000);
    if (log.isLevelEnabled('debug'))
      log.debug({ requestId: origin.requestId, method, path: ctx.path, status }, 'request');
  });
  app.use(handleErrors);
  app.use(route(routes(options), config));
  // A client that closed its connection is not an error of the server.
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!CONNECTION_LOST.has(error.code ?? '')) log.error({ err: error }, 'unexpected error');
  });
  return app;
}

/** Loads the handler at the first request. GraphQL and the entity manager load slowly, and sign-in does not need them. */
function lazyHandler(load: () => Promise<Handler>): Handler {
  let loading: Promise<Handler> | undefined;
  return async (ctx) => {
    // A failed import must not fail every later request.
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    await (await loading)(ctx);
  };
}

const CONNECTION_LOST = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'HPE_INVALID_METHOD']);

/**
 * Rate limits need one spelling of each address: an IPv4 client can appear as IPv4-mapped IPv6, and some proxies add a port.
 * Undefined if the text is not an address.
 */
function addressOf(ip: string): string | undefined {
  if (isIP(ip) === 4) return ip;
  const bare = ip.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}
