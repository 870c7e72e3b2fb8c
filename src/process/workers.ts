import cluster, { type Worker } from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { aggregateMetrics } from '../http/operations/worker-metrics.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { startDatabase } from '../store/start-database.ts';
import { freePort } from './listen.ts';
import { prepare, refuseInspector, type StartOptions, withPort } from './prepare.ts';
import type { Close } from './shutdown.ts';
import { describeStart, type Started, startupMessage } from './startup-message.ts';

/** Milliseconds to wait before replacing a worker that ended before it was listening. */
const RESTART_DELAY = 1000;

/** Starts several workers on one port. This process prepares the database and supervises the workers, and serves no requests. */
export async function startWithWorkers(
  given: Config,
  count: number,
  { out, log }: StartOptions,
  now: Date,
): Promise<Started & { readonly close: Close }> {
  if (given.databaseUrl === undefined)
    throw new Refusal('--workers needs DATABASE_URL, because only one process can use the embedded database.');
  refuseInspector(given);
  const prepared = await startDatabase(given);
  let ticket: string | undefined;
  try {
    ticket = await prepare(given, prepared, log, now);
  } finally {
    await prepared.close();
  }
  const port = await freePort(given);
  const { close } = await startWorkers(count, port, log);
  const started = describeStart(withPort(given, port), ticket);
  out(`${startupMessage(started)}\n`);
  return { ...started, close };
}

/** Starts `count` workers on one port, and resolves when all of them are listening. Workers that exit are replaced. */
async function startWorkers(count: number, port: number, log: Logger): Promise<{ readonly close: Close }> {
  // The first worker starts alone, so that a problem that affects all of them is reported once.
  await startWorker(port);
  try {
    await Promise.all(Array.from({ length: count - 1 }, () => startWorker(port)));
  } catch (error) {
    // The workers that did start would run without supervision.
    for (const worker of workers()) worker.kill();
    throw error;
  }

  let stopping = false;
  const listening = new WeakSet(workers());
  cluster.on('message', (worker) => listening.add(worker));
  aggregateMetrics();
  const replace = async (worker: Worker): Promise<void> => {
    if (!listening.has(worker)) await wait(RESTART_DELAY);
    if (!stopping) cluster.fork({ PORT: port });
  };
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    log.error({ worker: worker.id, code, signal }, 'worker exited, starting a replacement');
    void replace(worker);
  });
  return {
    async close() {
      stopping = true;
      const codes = await Promise.all(workers().map(stopWorker));
      return codes.every((code) => code === 0);
    },
  };
}

const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

function startWorker(port: number): Promise<void> {
  const worker = cluster.fork({ PORT: port });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('exit', () => reject(new Refusal('No worker could be started. The reason is printed above.')));
  });
}

function stopWorker(worker: Worker): Promise<number> {
  return new Promise((resolve) => {
    worker.once('exit', resolve);
    worker.send('stop');
  });
}

/** Notifies the primary process that this worker is listening. */
export const reportListening = (): void => void process.send?.('listening');
