import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

const ASKED = 'metrics';

/** In the first process: gathers what all workers have counted for the one that was asked. */
export function aggregateMetrics(): void {
  const registry = new AggregatorRegistry();
  const tell = async (worker: Worker, message: unknown): Promise<void> => {
    if (message !== ASKED) return;
    const metrics = await registry.clusterMetrics().catch(() => '');
    if (worker.isConnected()) worker.send({ metrics });
  };
  cluster.on('message', (worker, message) => void tell(worker, message));
}

/** In a worker: lets the first process gather what this one has counted. */
export function shareMetrics(registry: Registry): void {
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries(registry);
}

/** In a worker: what all of them have counted; empty when one of them did not tell in time. */
export function metricsOfAllWorkers(): Promise<string> {
  return new Promise((resolve) => {
    const heard = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('metrics' in message)) return;
      process.off('message', heard);
      resolve(String(message.metrics));
    };
    process.on('message', heard);
    process.send?.(ASKED);
  });
}
