import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

const METRICS_REQUEST = 'metrics';

/** In the primary process: collects the metrics of all workers for the worker that requests them. */
export function aggregateMetrics(): void {
  const registry = new AggregatorRegistry();
  const respond = async (worker: Worker, message: unknown): Promise<void> => {
    if (message !== METRICS_REQUEST) return;
    const metrics = await registry.clusterMetrics().catch(() => '');
    if (worker.isConnected()) worker.send({ metrics });
  };
  cluster.on('message', (worker, message) => void respond(worker, message));
}

/** In a worker: lets the primary process read its metrics. */
export function shareMetrics(registry: Registry): void {
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries(registry);
}

/** In a worker: the metrics of all workers; empty if one did not respond in time. */
export function metricsOfAllWorkers(): Promise<string> {
  return new Promise((resolve) => {
    const received = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('metrics' in message)) return;
      process.off('message', received);
      resolve(String(message.metrics));
    };
    process.on('message', received);
    process.send?.(METRICS_REQUEST);
  });
}
