import { type ExecutionArgs, type ExecutionResult, getOperationAST, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import { LIMITS } from '../access/limits.ts';
import { checkOperation, type OperationCheck } from '../access/operation-check.ts';
import { recordRefusal } from '../access/record-refusal.ts';
import type { Context } from '../context.ts';
import { responseTooLarge } from '../errors.ts';
import { expose } from '../expose.ts';
import { schema } from '../schema.ts';
import { unselectedErrors } from '../unselected-errors.ts';
import { parseAndValidate } from './documents.ts';
import { whenAdmitted } from './heavy-operations.ts';
import { isLargerThan } from './response-size.ts';
import { executeWithDeadline } from './run-operation.ts';

/** The parameters of a request (GraphQL over HTTP §5.1). */
export interface GraphQLRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** True for a mutation or a subscription, which have effects that GET must not have. */
export function isNoQuery({ query, operationName }: GraphQLRequest): boolean {
  const { document } = parseAndValidate(query);
  const operation = document && getOperationAST(document, operationName)?.operation;
  return operation !== undefined && operation !== OperationTypeNode.QUERY;
}

/** Parses, validates, checks and executes a query or a mutation. Undefined for a subscription, whose response is a stream. */
export async function executeRequest(
  { query, operationName, variables }: GraphQLRequest,
  context: Context,
  log: Logger,
): Promise<ExecutionResult | undefined> {
  const { document, errors } = parseAndValidate(query);
  if (!document || errors.length > 0) return { errors };
  if (getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
  return executeOperation({ schema, document, operationName, variableValues: variables, contextValue: context }, log);
}

/** Checks the whole operation before it executes any of it. */
export async function executeOperation(args: ExecutionArgs, log: Logger): Promise<ExecutionResult> {
  try {
    const { refusal, cost } = await checkExecutionArgs(args);
    if (refusal) return { errors: [refusal] };
    const executed = await whenAdmitted(cost, args.contextValue as Context, () => executeWithDeadline(args));
    const result = await exposeErrors(args, withinSize(executed), log);
    const unselected = unselectedErrors(args.contextValue as Context);
    const errors = [...(result.errors ?? []), ...unselected];
    return {
      ...result,
      ...(errors.length > 0 && { errors }),
      extensions: { cost: { requested: cost, limit: LIMITS.cost } },
    };
  } catch (error) {
    return { errors: [expose(error, { log, requestId: (args.contextValue as Context).origin.requestId })] };
  }
}

/** Leaves the data out if it is too large. */
export function withinSize(result: ExecutionResult): ExecutionResult {
  if (!isLargerThan(LIMITS.bytes, result.data)) return result;
  return { data: null, errors: [responseTooLarge()] };
}

/** Checks the operation and records a refusal in the audit trail. */
export async function checkExecutionArgs(args: ExecutionArgs): Promise<OperationCheck> {
  const { document, operationName, variableValues } = args;
  const context = args.contextValue as Context;
  const operation = { schema, document, operationName: operationName ?? undefined, variables: variableValues ?? {} };
  const checked = checkOperation(operation, context);
  if (checked.refusal) await recordRefusal(context, args, [checked.refusal]);
  return checked;
}

/** Replaces errors with those that callers may see. */
export async function exposeErrors(
  args: ExecutionArgs,
  result: ExecutionResult,
  log: Logger,
): Promise<ExecutionResult> {
  if (!result.errors) return result;
  const context = args.contextValue as Context;
  const { requestId } = context.origin;
  const errors = result.errors.map((error) => expose(error, { log, requestId }));
  await recordRefusal(context, args, errors);
  return { ...result, errors };
}
