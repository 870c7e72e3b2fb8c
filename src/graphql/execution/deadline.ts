import { LIMITS } from '../access/limits.ts';

/**
 * Runs `work` with a signal that aborts at the time limit. `AbortSignal.timeout` would stay in memory for five seconds even
 * after a fast operation, and a busy process would hold thousands of them.
 */
export async function withTimeLimit<Done>(work: (deadline: AbortSignal) => Promise<Done>): Promise<Done> {
  const controller = new AbortController();
  const abort = () => controller.abort(new DOMException('The operation took too long', 'TimeoutError'));
  const timer = setTimeout(abort, LIMITS.milliseconds);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
