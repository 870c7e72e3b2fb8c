import { type GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Context } from '../context.ts';
import { refusalFor, unauthenticated } from '../errors.ts';
import { isAllowed, missingForAll } from './access.ts';
import { type Operation, type OperationWalk, walkOperation } from './operation-walk.ts';

/** What the operation costs, and why it may not run; `refusal` is undefined if it may. */
export interface OperationCheck {
  readonly cost: number;
  readonly refusal: GraphQLError | undefined;
}

/**
 * Decides about the whole operation before any resolver runs: its size, and whether the token opens every field of it.
 */
export function checkOperation(
  operation: Operation,
  { token, config }: Pick<Context, 'token' | 'config'>,
): OperationCheck {
  const { rules, cost, refusal } = walked(operation);
  if (refusal) return { cost, refusal };
  if (!token) return { cost, refusal: rules.size > 0 ? unauthenticated(false) : undefined };
  // Most may do what they ask for, and then there is no need to know what would do instead.
  if (rules.values().every((rule) => isAllowed(token, rule))) return { cost, refusal: undefined };
  return { cost, refusal: refusalFor(token, missingForAll(token, rules), config.issuer) };
}

/** Of operations that declare no variables: what they ask for stands in the document, and neither ever changes. */
const walks = new WeakMap<OperationDefinitionNode, OperationWalk>();

function walked(operation: Operation): OperationWalk {
  const definition = getOperationAST(operation.document, operation.operationName);
  if (!definition || definition.variableDefinitions?.length) return walkOperation(operation);
  const known = walks.get(definition);
  if (known) return known;
  const found = walkOperation(operation);
  walks.set(definition, found);
  return found;
}
