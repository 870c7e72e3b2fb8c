import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { Overloaded } from '../overloaded.ts';
import type { Job, Outcome } from './argon2-worker.ts';

/** A hash takes a core for 12 ms and 19 MiB, so at most one per core runs at a time and the queue is limited. */
const queue = pLimit(availableParallelism());
const MAX_WAITING = 100;

/** Milliseconds after which a thread counts as stuck. That is a hundred times as long as a hash takes on a busy machine. */
const TIMEOUT = 20_000;

interface Thread {
  readonly worker: Worker;
  /** Settles the running job. Undefined while the thread is idle. */
  settle?: (outcome: Outcome) => void;
}

/** Threads are started on demand and kept. The most recently used one is used next. */
const idle: Thread[] = [];

/** Hashes on a separate thread with low priority. The threads of libuv stay free for files and DNS. */
export async function runOnWorker(job: Job): Promise<string | boolean> {
  if (queue.pendingCount >= MAX_WAITING) throw new Overloaded('too many passwords are waiting to be hashed');
  const outcome = await queue(() => run(idle.pop() ?? startThread(), job));
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

function run(thread: Thread, job: Job): Promise<Outcome> {
  const { worker } = thread;
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      worker.unref();
      void worker.terminate();
      thread.settle?.({ error: new Overloaded('a thread took too long to hash') });
    }, TIMEOUT);
    thread.settle = (outcome) => {
      clearTimeout(late);
      delete thread.settle;
      resolve(outcome);
    };
    // Only a running job keeps the process alive.
    worker.ref();
    worker.postMessage(job);
  });
}

function startThread(): Thread {
  const worker = new Worker(new URL('argon2-worker.ts', import.meta.url), {
    name: 'argon2id',
    // The thread does not inherit the environment, which contains secrets, or the server's flags. Its heap is small, because
    // hashing does not use it.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4, stackSizeMb: 1 },
  });
  const thread: Thread = { worker };
  worker.on('message', (outcome: Outcome) => {
    worker.unref();
    idle.push(thread);
    thread.settle?.(outcome);
  });
  worker.on('error', (error) => thread.settle?.({ error }));
  worker.on('exit', () => {
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
    thread.settle?.({ error: new Overloaded('a thread that hashes was lost') });
  });
  return thread;
}
