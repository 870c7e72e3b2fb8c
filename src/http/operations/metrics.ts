import cluster from 'node:cluster';
import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import type { Config } from '../../config.ts';
import { digest, sameBytes } from '../../crypto/secrets.ts';
import type { SigningKeys } from '../../oauth/keys/signing-keys.ts';
import type { Database } from '../../store/connection/database.ts';
import { isTransientError } from '../../store/connection/sql-errors.ts';
import { countExpired, retentionOf } from '../../store/sweep.ts';
import type { Handler } from '../context.ts';
import { PageError } from '../page-error.ts';
import { metricsOfAllWorkers, shareMetrics } from './worker-metrics.ts';

/** All metrics in the format of Prometheus. `now` decides which rows have expired. */
export type MetricsReport = (now: Date) => Promise<{ readonly type: string; readonly text: string }>;

interface Sources {
  readonly config: Config;
  readonly database: Database;
  readonly signingKeys: SigningKeys;
}

export function makeMetricsReport(registry: Registry, sources: Sources): MetricsReport {
  const refresh = collectOnScrape(registry, sources);
  // Any worker can receive the request, and its response covers all workers.
  if (cluster.isWorker) shareMetrics(registry);
  return async (now) => {
    await refresh(now);
    const text = cluster.isWorker ? await metricsOfAllWorkers() : await registry.metrics();
    return { type: registry.contentType, text };
  };
}

/**
 * GET /metrics on the main port. It needs a token, because a request from the internet can look like one from the private
 * network.
 */
export function metricsHandler(report: MetricsReport, token: string): Handler {
  const expected = digest(token);
  return async (ctx) => {
    const sent = /^Bearer +(\S+)$/i.exec(ctx.get('Authorization'))?.[1];
    if (sent === undefined || !sameBytes(digest(sent), expected)) {
      ctx.set('WWW-Authenticate', 'Bearer realm="metrics"');
      throw new PageError(401, 'Not authorized', 'Send METRICS_TOKEN as a bearer token.');
    }
    const { type, text } = await report(ctx.state.now);
    ctx.set('Content-Type', type);
    ctx.body = text;
  };
}

/** GET /metrics on METRICS_PORT, where nothing else is served and no token is needed. */
export function metricsListener(report: MetricsReport, clock: () => Date, log: Logger): RequestListener {
  return ({ method, url }, response) => {
    if (method !== 'GET' || url !== '/metrics') return void response.writeHead(404).end();
    report(clock()).then(
      ({ type, text }) => response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text),
      (error: unknown) => {
        log.error({ err: error }, 'the metrics could not be collected');
        response.writeHead(500).end();
      },
    );
  };
}

/** Gauges that are measured only when scraped. All workers see the same values, so the aggregate is the maximum, not the sum. */
function collectOnScrape(registry: Registry, { database, config, signingKeys }: Sources): (now: Date) => Promise<void> {
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
  return async (now) => {
    rowsLeft.reset();
    keyAge.reset();
    try {
      for (const [table, left] of Object.entries(await countExpired(database.sql, now, retentionOf(config))))
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
