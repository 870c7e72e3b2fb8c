import { setTimeout as after } from 'node:timers/promises';
import {
  AbortedGraphQLExecutionError,
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  executeRootSelectionSet,
  getOperationAST,
  mapSourceToResponseEvent,
  OperationTypeNode,
  validateSubscriptionArgs,
} from 'graphql';
import type { Database } from '../../store/connection/database.ts';
import { withDeadline } from '../../store/connection/orm.ts';
import { LIMITS } from '../access/limits.ts';
import type { Context } from '../context.ts';
import { timedOut } from '../errors.ts';
import type { Delivery } from '../subscriptions/subscriber.ts';

/** Milliseconds that a stopped mutation has to return the results of the fields that had completed. */
const GRACE = 500;

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

/** Executes a query or a mutation and stops it at its deadline. */
export async function executeWithDeadline(args: ExecutionArgs): Promise<ExecutionResult> {
  const { deadline } = args.contextValue as Context;
  try {
    return await execute({ ...args, abortSignal: deadline });
  } catch (error) {
    if (!deadline.aborted) throw error;
    const { data } = (await partialResult(args, error)) ?? {};
    return { ...(data && { data }), errors: [timedOut()] };
  }
}

/** A stopped mutation reports the changes that took effect. A stopped query returns no data. */
async function partialResult(
  { document, operationName }: ExecutionArgs,
  error: unknown,
): Promise<ExecutionResult | undefined> {
  if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.MUTATION) return undefined;
  if (!(error instanceof AbortedGraphQLExecutionError)) return undefined;
  return Promise.race([error.abortedResult as ExecutionResult | Promise<ExecutionResult>, after(GRACE, undefined)]);
}

/** Subscribes. Each event is executed with the current state of the token and its own deadline. */
export async function subscribeWithCurrentToken(
  args: ExecutionArgs,
  database: Database,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const validated = validateSubscriptionArgs(args);
  if (!('schema' in validated)) return { errors: validated };
  const source = await createSourceEventStream(validated);
  if (!(Symbol.asyncIterator in source)) return source;
  return mapSourceToResponseEvent(validated, source, async (event): Promise<ExecutionResult> => {
    const delivery = event.rootValue as Delivery;
    if ('end' in delivery) return { errors: [delivery.end] };
    return withTimeLimit(async (deadline) => {
      const { token, now, event: batchKey } = delivery;
      const perEvent = { ...withDeadline(database, deadline), deadline, token, now, batchKey };
      const context: Context = { ...(event.contextValue as Context), ...perEvent };
      try {
        return await executeRootSelectionSet({ ...event, contextValue: context, externalAbortSignal: deadline });
      } catch (error) {
        if (!deadline.aborted) throw error;
        return { errors: [timedOut()] };
      }
    });
  });
}
