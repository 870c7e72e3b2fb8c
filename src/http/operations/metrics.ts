import cluster from 'node:cluster';
import { isIPv4 } from 'node:net';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../store/connection/database.ts';
import { isTransientError } from '../../store/connection/sql-errors.ts';
import { countExpired, retentionOf } from '../../store/sweep.ts';
import type { Handler, HttpContext, State } from '../context.ts';
import { pageNotFound } from '../page-error.ts';
import { metricsOfAllWorkers, shareMetrics } from './worker-metrics.ts';

/** GET /metrics, for Prometheus in the private network. The values are not secret, but the public has no use for them. */
export function metricsHandler(registry: Registry, database: Database): Handler {
  const refresh = collectOnScrape(registry, database);
  // Any worker can receive the request, and its response covers all workers.
  if (cluster.isWorker) shareMetrics(registry);
  return async (ctx) => {
    if (!isFromPrivateNetwork(ctx)) throw pageNotFound();
    await refresh(ctx.state);
    ctx.set('Content-Type', registry.contentType);
    ctx.body = cluster.isWorker ? await metricsOfAllWorkers() : await registry.metrics();
  };
}

/** Gauges that are measured only when scraped. All workers see the same values, so the aggregate is the maximum, not the sum. */
function collectOnScrape(registry: Registry, database: Database): (state: State) => Promise<void> {
  const registers = [registry];
  const rowsLeft = new Gauge({
    name: 'gatehouse_sweep_rows_left',
    help: 'Expired rows that the sweep has not deleted yet.',
    labelNames: ['table'],
    aggregator: 'max',
    registers,
  });
  const keyAge = new Gauge({
    name: 'gatehouse_signing_key_age_seconds',
    help: 'Age of the current signing key in seconds, by algorithm.',
    labelNames: ['algorithm'],
    aggregator: 'max',
    registers,
  });
  new Gauge({
    name: 'gatehouse_database_connections',
    help: 'Connections of the pool that are open or idle, and requests waiting for one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(database.connections())) this.set({ state }, count);
    },
  });
  return async ({ sql, now, config, signingKeys }) => {
    rowsLeft.reset();
    keyAge.reset();
    try {
      for (const [table, left] of Object.entries(await countExpired(sql, now, retentionOf(config))))
        rowsLeft.set({ table }, left);
      // Keys are listed newest first; setting them in reverse leaves the newest, which is the one in use.
      for (const { algorithm, signsFrom } of (await signingKeys.published(now)).toReversed())
        if (signsFrom <= now) keyAge.set({ algorithm }, (now.getTime() - signsFrom.getTime()) / 1000);
    } catch (error) {
      // Operators need the other metrics most while the database is unavailable.
      if (!isTransientError(error)) throw error;
    }
  };
}

/** Reverse proxies set these headers, so a request with one may come from outside whatever its address is. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** True if the request comes directly from a private address, and not for the public host name. */
function isFromPrivateNetwork(ctx: HttpContext): boolean {
  const { issuer, issuerIsLoopback } = ctx.state.config;
  return (
    isPrivate(ctx.state.origin.ip ?? '') &&
    !PROXY_HEADERS.some((name) => ctx.get(name) !== '') &&
    (issuerIsLoopback || ctx.get('host') !== new URL(issuer).host)
  );
}

/** RFC 1918, RFC 4193, RFC 4291 §2.5: loopback, private and link-local addresses. */
function isPrivate(ip: string): boolean {
  if (isIPv4(ip)) return /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(ip);
  return /^(::1$|f[cd]|fe[89ab])/i.test(ip);
}
