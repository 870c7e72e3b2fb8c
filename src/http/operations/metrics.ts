import cluster from 'node:cluster';
import { isIPv4 } from 'node:net';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../store/connection/database.ts';
import { isTransientError } from '../../store/connection/sql-errors.ts';
import { findSigningKeys } from '../../store/signing-keys.ts';
import { countExpired, retentionOf } from '../../store/sweep.ts';
import type { Handler, HttpContext, State } from '../context.ts';
import { noSuchPage } from '../errors.ts';
import { metricsOfAllWorkers, shareMetrics } from './worker-metrics.ts';

/** GET /metrics: for Prometheus, which asks from within. What it tells is no secret, but nobody's business outside. */
export function metricsHandler(registry: Registry, database: Database): Handler {
  const refresh = collectOnScrape(registry, database);
  // Whichever worker is asked, the answer is of all.
  if (cluster.isWorker) shareMetrics(registry);
  return async (ctx) => {
    if (!isFromPrivateNetwork(ctx)) throw noSuchPage();
    await refresh(ctx.state);
    ctx.set('Content-Type', registry.contentType);
    ctx.body = cluster.isWorker ? await metricsOfAllWorkers() : await registry.metrics();
  };
}

/** What need not be known until somebody asks. Of what all workers see alike the largest is told, and not the sum. */
function collectOnScrape(registry: Registry, database: Database): (state: State) => Promise<void> {
  const registers = [registry];
  const rowsLeft = new Gauge({
    name: 'gatehouse_sweep_rows_left',
    help: 'Rows whose time is over and that the sweep has not taken yet.',
    labelNames: ['table'],
    aggregator: 'max',
    registers,
  });
  const keyAge = new Gauge({
    name: 'gatehouse_signing_key_age_seconds',
    help: 'How long the key that signs has been signing, by algorithm.',
    labelNames: ['algorithm'],
    aggregator: 'max',
    registers,
  });
  new Gauge({
    name: 'gatehouse_database_connections',
    help: 'Connections of the pool: open and idle, and requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(database.connections())) this.set({ state }, count);
    },
  });
  return async ({ sql, now, config }) => {
    rowsLeft.reset();
    keyAge.reset();
    try {
      for (const [table, left] of Object.entries(await countExpired(sql, now, retentionOf(config))))
        rowsLeft.set({ table }, left);
      // The newest come last, and of those that sign the newest is the one that does.
      for (const { algorithm, signs_from } of (await findSigningKeys(sql, now)).toReversed())
        if (signs_from <= now) keyAge.set({ algorithm }, (now.getTime() - signs_from.getTime()) / 1000);
    } catch (error) {
      // While the database is away the rest is what an operator wants to see.
      if (!isTransientError(error)) throw error;
    }
  };
}

/** Set by what stands in front: a request that passed there is somebody's from outside, whatever address it seems to have. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** From this machine or the network it stands in, straight, and not under the name that the world knows. */
function isFromPrivateNetwork(ctx: HttpContext): boolean {
  const { issuer, issuerIsLoopback } = ctx.state.config;
  return (
    isPrivate(ctx.state.origin.ip ?? '') &&
    !FORWARDED.some((name) => ctx.get(name) !== '') &&
    (issuerIsLoopback || ctx.get('host') !== new URL(issuer).host)
  );
}

/** RFC 1918, RFC 4193, RFC 4291 §2.5: loopback, private and link-local addresses. */
function isPrivate(ip: string): boolean {
  if (isIPv4(ip)) return /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(ip);
  return /^(::1$|f[cd]|fe[89ab])/i.test(ip);
}
