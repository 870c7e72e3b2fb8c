import cluster from 'node:cluster';
import type { Logger } from 'pino';

/** Milliseconds after the notice within which everything must stop. After that the process exits in any case. */
const PATIENCE = 8500;

/** Resolves when all is closed; false if a request in progress had to be cut off. */
export type Close = () => Promise<boolean>;

/**
 * Stops the process on a signal: exit code 0 if all requests in progress were finished; 1 if not, on a second signal, or after an
 * unexpected error. `notice` is the number of seconds before the server stops accepting requests.
 */
export function stopOnSignal(starting: Promise<{ readonly close: Close }>, notice: number, log: Logger): void {
  let stopping = false;
  const stop = async (code: number) => {
    // The operator does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), notice * 1000 + PATIENCE).unref();
    const whole = await starting.then(
      ({ close }) => close(),
      () => true,
    );
    process.exit(whole ? code : 1);
  };
  onShutdownRequest(() => void stop(0));
  const failed = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected error: stopping');
    if (!stopping) void stop(1);
  };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
}

/** A signal can reach the primary process and its workers. Workers ignore it and wait for the message of the primary process. */
function onShutdownRequest(stop: () => void): void {
  process.on('SIGTERM', cluster.isWorker ? () => {} : stop);
  process.on('SIGINT', cluster.isWorker ? () => {} : stop);
  if (cluster.isWorker) process.on('message', (message) => message === 'stop' && stop());
}
