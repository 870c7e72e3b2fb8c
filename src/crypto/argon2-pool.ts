import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import type { Job, Outcome } from './argon2-worker.ts';

/** A hash takes a core for 12 ms and 19 MiB: as many at a time as there are cores, and a queue that ends. */
const turns = pLimit(availableParallelism());
const MAX_WAITING = 100;

/** Milliseconds: a hundred times what a hash takes where no core is to spare. Such a thread will not answer any more. */
const PATIENCE = 20_000;

/** Too many passwords are waiting to be hashed, or a thread was lost: not now, but soon. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

interface Thread {
  readonly worker: Worker;
  /** Who waits for it; nobody while it is idle. */
  told?: (outcome: Outcome) => void;
}

/** Started when there is work for one more, and kept; the one that was used last is used next. */
const idle: Thread[] = [];

/** Hashes where it takes nothing away: the event loop and the database go first, and libuv's few threads stay free for files and names. */
export async function runOnWorker(job: Job): Promise<string | boolean> {
  if (turns.pendingCount >= MAX_WAITING) throw new Overloaded('too many passwords are waiting to be hashed');
  const outcome = await turns(() => ask(idle.pop() ?? startThread(), job));
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

function ask(thread: Thread, job: Job): Promise<Outcome> {
  const { worker } = thread;
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      worker.unref();
      void worker.terminate();
      thread.told?.({ error: new Overloaded('a thread took too long to hash') });
    }, PATIENCE);
    thread.told = (outcome) => {
      clearTimeout(late);
      delete thread.told;
      resolve(outcome);
    };
    // The process lives as long as somebody waits for a hash, and no longer.
    worker.ref();
    worker.postMessage(job);
  });
}

function startThread(): Thread {
  const worker = new Worker(new URL('argon2-worker.ts', import.meta.url), {
    name: 'argon2id',
    // Neither the environment's secrets nor flags that are meant for the server; and little memory besides a hash's own.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4, stackSizeMb: 1 },
  });
  const thread: Thread = { worker };
  worker.on('message', (outcome: Outcome) => {
    worker.unref();
    idle.push(thread);
    thread.told?.(outcome);
  });
  worker.on('error', (error) => thread.told?.({ error }));
  worker.on('exit', () => {
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
    thread.told?.({ error: new Overloaded('a thread that hashes was lost') });
  });
  return thread;
}
