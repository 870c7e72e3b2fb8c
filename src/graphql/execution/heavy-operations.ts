import { Slots } from '../../store/connection/slots.ts';
import { LIMITS } from '../access/limits.ts';
import type { Context } from '../context.ts';

/** An operation is heavy if it costs more than this many objects. */
const HEAVY = LIMITS.cost / 10;

/** Heavy operations that a token runs at a time, in one process. */
const AT_A_TIME = 4;

/** For each token that runs heavy operations. */
const slotsByToken = new Map<string, Slots>();

/** Executes an operation. A heavy one waits while its token runs as many as it may; it rejects at its deadline. */
export async function whenAdmitted<Result>(
  cost: number,
  { token, deadline }: Pick<Context, 'token' | 'deadline'>,
  execute: () => Promise<Result>,
): Promise<Result> {
  if (cost <= HEAVY || !token) return execute();
  const slots = slotsByToken.get(token.id) ?? new Slots(AT_A_TIME);
  slotsByToken.set(token.id, slots);
  try {
    return await slots.run(deadline, execute);
  } finally {
    if (slots.unused) slotsByToken.delete(token.id);
  }
}
