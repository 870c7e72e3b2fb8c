// A thread that does nothing but hash, one password after the other: src/crypto/argon2-pool.ts starts it.
import { getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, type Options, verifySync } from '@node-rs/argon2';

/** What is the hash of `password`, or does it open `stored`? */
export type Job = { readonly password: string } & ({ readonly parameters: Options } | { readonly stored: string });

export type Outcome = { readonly result: string | boolean } | { readonly error: unknown };

/** Below all who answer requests, and yet a tenth of a core that they fill: nobody waits for ever to sign in. */
const STEPS_DOWN = 10;

/** Linux alone has a priority for each thread: elsewhere this would slow down the whole process. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(getPriority() + STEPS_DOWN, 19));
  } catch {
    // A sandbox forbids it: then it hashes beside the others, as fast as they.
  }
}

function carryOut(job: Job): Outcome {
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
  giveWay();
  port.on('message', (job: Job) => port.postMessage(carryOut(job)));
}
