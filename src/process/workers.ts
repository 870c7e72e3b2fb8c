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

/** Milliseconds before another is tried in the place of a worker that never came to listen. */
const BREATH = 1000;

/** Several processes on one port; this one prepares, supervises them and answers nobody. */
export async function startWithWorkers(
  given: Config,
  count: number,
  { out, log }: StartOptions,
  now: Date,
): Promise<Started & { readonly close: Close }> {
  if (given.databaseUrl === undefined)
    throw new Refusal('--workers needs DATABASE_URL: the embedded database belongs to one process.');
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

/** Starts so many copies of this process on one port, and resolves when all of them listen; one that dies is replaced. */
async function startWorkers(count: number, port: number, log: Logger): Promise<{ readonly close: Close }> {
  // The first alone: what hinders them is told once.
  await startWorker(port);
  try {
    await Promise.all(Array.from({ length: count - 1 }, () => startWorker(port)));
  } catch (error) {
    // All or none: nobody would look after those that did start.
    for (const worker of workers()) worker.kill();
    throw error;
  }

  let stopping = false;
  const listening = new WeakSet(workers());
  cluster.on('message', (worker) => listening.add(worker));
  aggregateMetrics();
  const replace = async (worker: Worker): Promise<void> => {
    if (!listening.has(worker)) await wait(BREATH);
    if (!stopping) cluster.fork({ PORT: port });
  };
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    log.error({ worker: worker.id, code, signal }, 'a worker ended: starting another one');
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
    worker.once('exit', () => reject(new Refusal('No worker could be started: the reason is above.')));
  });
}

function stopWorker(worker: Worker): Promise<number> {
  return new Promise((resolve) => {
    worker.once('exit', resolve);
    worker.send('stop');
  });
}

/** A worker's word to the process that started it. */
export const reportListening = (): void => void process.send?.('listening');
