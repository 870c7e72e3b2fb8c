import type { Config } from '../config.ts';
import type { metricsListener } from '../http/operations/metrics.ts';
import { listen } from './listen.ts';

/** Listens on METRICS_PORT. Returns a function that closes it; does nothing if METRICS_PORT is not set. */
export async function openMetricsPort(
  { metricsAt, keepAliveTimeout }: Config,
  listener: ReturnType<typeof metricsListener>,
): Promise<() => void> {
  if (!metricsAt) return () => {};
  const names = { host: 'METRICS_PORT', port: 'METRICS_PORT' };
  const server = await listen({ ...metricsAt, keepAliveTimeout }, names);
  server.on('request', listener);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
