import { LIMITS } from '../access/operation-limits.ts';

/**
 * Does something that is told when its time is over. A signal that ends by itself would stay for its five seconds however soon
 * all is done, and a busy process would hold thousands.
 */
export async function withTimeLimit<Done>(work: (deadline: AbortSignal) => Promise<Done>): Promise<Done> {
  const clock = new AbortController();
  const over = () => clock.abort(new DOMException('The operation took too long', 'TimeoutError'));
  const timer = setTimeout(over, LIMITS.milliseconds);
  try {
    return await work(clock.signal);
  } finally {
    clearTimeout(timer);
  }
}
