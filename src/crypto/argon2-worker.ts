// A worker thread that hashes one password after the other. src/crypto/argon2-pool.ts starts it.
import { getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, type Options, verifySync } from '@node-rs/argon2';

/** Hash `password` with `parameters`, or verify it against the hash `stored`. */
export type Job = { readonly password: string } & ({ readonly parameters: Options } | { readonly stored: string });

export type Outcome = { readonly result: string | boolean } | { readonly error: unknown };

/** Hashing has a lower priority than requests, but still gets about a tenth of a busy core, so that sign-ins do not starve. */
const NICE_INCREMENT = 10;

/** Only Linux has a priority per thread. Elsewhere this would slow down the whole process. */
function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(getPriority() + NICE_INCREMENT, 19));
  } catch {
    // A sandbox may forbid a change of priority. Hashing then runs at normal priority.
  }
}

function run(job: Job): Outcome {
  try {
    return {
      result: 'stored' in job ? verifySync(job.stored, job.password) : hashSync(job.password, job.parameters),
    };
  } catch (error) {
    return { error };
  }
}

if (parentPort) {
  const port = parentPort;
  lowerPriority();
  port.on('message', (job: Job) => port.postMessage(run(job)));
}
