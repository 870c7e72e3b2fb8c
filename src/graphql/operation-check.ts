import type { GraphQLError } from 'graphql';
import { lackOfAll } from './access.ts';
import type { Context } from './context.ts';
import { refusalFor, unauthenticated } from './errors.ts';
import { type Operation, walkOperation } from './operation-walk.ts';

/**
 * Decides about the whole operation before any resolver runs: its size, and whether the token opens every field of it.
 * Undefined if it may run.
 */
export function checkOperation(
  operation: Operation,
  { token, config }: Pick<Context, 'token' | 'config'>,
): GraphQLError | undefined {
  const { rules, refusal } = walkOperation(operation);
  if (refusal) return refusal;
  if (!token) return rules.size > 0 ? unauthenticated(false) : undefined;
  return refusalFor(token, lackOfAll(token, rules), config.issuer);
}
