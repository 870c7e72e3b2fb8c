import type { GraphQLError } from 'graphql';
import { lackOfAll } from './access.ts';
import type { Context } from './context.ts';
import { refusalFor, unauthenticated } from './errors.ts';
import { type Operation, walkOperation } from './operation-walk.ts';

/** What the operation costs, and why it may not run; `refusal` is undefined if it may. */
export interface Checked {
  readonly cost: number;
  readonly refusal: GraphQLError | undefined;
}

/**
 * Decides about the whole operation before any resolver runs: its size, and whether the token opens every field of it.
 */
export function checkOperation(operation: Operation, { token, config }: Pick<Context, 'token' | 'config'>): Checked {
  const { rules, cost, refusal } = walkOperation(operation);
  if (refusal) return { cost, refusal };
  if (!token) return { cost, refusal: rules.size > 0 ? unauthenticated(false) : undefined };
  return { cost, refusal: refusalFor(token, lackOfAll(token, rules), config.issuer) };
}
