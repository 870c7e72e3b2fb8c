import cluster from 'node:cluster';
import type { Logger } from 'pino';

/** Milliseconds after the notice, in which everything else must have stopped. Then the process ends in any case. */
const PATIENCE = 8500;

/** Resolves when all is closed; false if something under way had to be cut off. */
export type Close = () => Promise<boolean>;

/**
 * `notice`: seconds that closing waits before it begins. Ends the process at a signal: with 0 when all under way was finished, with 1 when it was not, when it is asked twice, or
 * when something unexpected was thrown.
 */
export function stopOnSignal(starting: Promise<{ readonly close: Close }>, notice: number, log: Logger): void {
  let stopping = false;
  const stop = async (code: number) => {
    // Asked twice: whoever asks does not want to wait.
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

/** Signals reach the first process and its workers alike: these wait for its word. */
function onShutdownRequest(stop: () => void): void {
  process.on('SIGTERM', cluster.isWorker ? () => {} : stop);
  process.on('SIGINT', cluster.isWorker ? () => {} : stop);
  if (cluster.isWorker) process.on('message', (message) => message === 'stop' && stop());
}
