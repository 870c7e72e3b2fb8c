import cluster from 'node:cluster';
import { ConfigError } from '../config.ts';
import { DomainError } from '../directory/error.ts';
import { makeLog } from '../log.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly path?: readonly string[] | undefined;
}

/** Reports a failed command or start: exit code 1, and a plain message on stderr if the operator can fix the cause. */
export function reportFailure(error: unknown, json = false): void {
  process.exitCode = 1;
  const failure = failureOf(error);
  if (!failure) makeLog('fatal').fatal({ err: error }, 'unexpected error');
  else console.error(json ? JSON.stringify({ error: failure }) : failure.message);
  // An open channel to the primary process would keep a worker running.
  if (cluster.isWorker) process.disconnect?.();
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof DomainError) return { code: error.code, message: error.message, path: error.path };
  if (error instanceof ConfigError) return { code: 'CONFIGURATION', message: error.message };
  if (error instanceof Refusal) return { code: 'REFUSED', message: error.message };
  if (error instanceof Error && isTransientError(error))
    return { code: 'UNAVAILABLE', message: `The database cannot be reached: ${reasonOf(error)}` };
  return undefined;
}

/** The first line of the innermost cause. Outer errors of the entity manager repeat whole statements. */
function reasonOf(error: Error): string {
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message.split('\n', 1)[0] ?? '';
}
