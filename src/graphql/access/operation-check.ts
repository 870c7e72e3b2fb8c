import { type GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Context } from '../context.ts';
import { refusalFor, unauthenticated } from '../errors.ts';
import { isAllowed, missingForAll } from './access.ts';
import { type Operation, type OperationWalk, walkOperation } from './operation-walk.ts';

/** The cost of an operation, and the error that refuses it; undefined if it may run. */
export interface OperationCheck {
  readonly cost: number;
  readonly refusal: GraphQLError | undefined;
}

/**
 * Checks the limits of the whole operation, and the access to all its fields, before any resolver runs.
 */
export function checkOperation(
  operation: Operation,
  { token, config }: Pick<Context, 'token' | 'config'>,
): OperationCheck {
  const { rules, cost, refusal } = cachedWalk(operation);
  if (refusal) return { cost, refusal };
  if (!token) return { cost, refusal: rules.size > 0 ? unauthenticated(false) : undefined };
  // The fast path: most operations are allowed, so missing scopes need not be worked out.
  if (rules.values().every((rule) => isAllowed(token, rule))) return { cost, refusal: undefined };
  return { cost, refusal: refusalFor(token, missingForAll(token, rules), config.issuer) };
}

/** Only for operations without variables, because their walk depends on the document alone. */
const walks = new WeakMap<OperationDefinitionNode, OperationWalk>();

function cachedWalk(operation: Operation): OperationWalk {
  const definition = getOperationAST(operation.document, operation.operationName);
  if (!definition || definition.variableDefinitions?.length) return walkOperation(operation);
  const cached = walks.get(definition);
  if (cached) return cached;
  const walk = walkOperation(operation);
  walks.set(definition, walk);
  return walk;
}
