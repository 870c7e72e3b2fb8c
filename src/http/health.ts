import { type Sql, statement } from '../store/sql.ts';
import type { HttpContext } from './context.ts';

const readClock = statement<{ at: Date }>('read-clock', 'SELECT clock_timestamp() AS at');

/** Milliseconds by which the process and the database may differ: expiry is decided by the process's clock. */
const CLOCK_TOLERANCE = 5000;

/** GET /healthz: the process is alive. */
export function healthz(ctx: HttpContext): void {
  ctx.body = { status: 'ok' };
}

/** GET /readyz: it can serve. The server listens only once migrations and keys are ready. */
export async function readyz(ctx: HttpContext): Promise<void> {
  const difference = await clockDifference(ctx.state.sql, ctx.state.now);
  const ready = difference <= CLOCK_TOLERANCE;
  ctx.status = ready ? 200 : 503;
  ctx.body = ready ? { status: 'ok' } : { status: 'the clocks of this process and of the database differ', difference };
}

async function clockDifference(sql: Sql, now: Date): Promise<number> {
  const [row] = await sql(readClock, []);
  return Math.abs((row?.at.getTime() ?? 0) - now.getTime());
}
