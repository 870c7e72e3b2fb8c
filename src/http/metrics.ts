import { isIPv4 } from 'node:net';
import { Gauge, Registry } from 'prom-client';
import { countOver, retentionOf } from '../store/sweep.ts';
import type { Handler, HttpContext } from './context.ts';
import { noSuchPage } from './errors.ts';

/** GET /metrics: for Prometheus, which asks from within. What it tells is no secret, but nobody's business outside. */
export function metricsHandler(): Handler {
  const registry = new Registry();
  const rowsLeft = new Gauge({
    name: 'gatehouse_sweep_rows_left',
    help: 'Rows whose time is over and that the sweep has not taken yet.',
    labelNames: ['table'],
    registers: [registry],
  });
  return async (ctx) => {
    if (!comesFromWithin(ctx)) throw noSuchPage();
    const { sql, now, config } = ctx.state;
    for (const [table, left] of Object.entries(await countOver(sql, now, retentionOf(config))))
      rowsLeft.set({ table }, left);
    ctx.set('Content-Type', registry.contentType);
    ctx.body = await registry.metrics();
  };
}

/** Set by what stands in front: a request that passed there is somebody's from outside, whatever address it seems to have. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** From this machine or the network it stands in, straight, and not under the name that the world knows. */
function comesFromWithin(ctx: HttpContext): boolean {
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
