import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import { parse } from 'graphql';
import {
  createGraphQLError,
  createLRUCache,
  createYoga,
  isAsyncIterable,
  type Plugin,
  type YogaInitialContext,
  type YogaServerInstance,
} from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Database } from '../store/orm.ts';
import type { Context } from './context.ts';
import { badRequest, expose } from './errors.ts';
import { LIMITS } from './limits.ts';
import { type Checked, checkOperation } from './operation-check.ts';
import { recordRefusal } from './refusal-trail.ts';
import { executeInTime, subscribeAfresh } from './run-operation.ts';
import { schema } from './schema.ts';
import { WellFormedStrings } from './well-formed-strings.ts';

/** Each kept document holds a syntax tree: so few that strangers' documents cannot fill the memory. */
const CACHED_DOCUMENTS = 200;

/** The engine: parses, validates, checks the whole operation, and only then executes it. */
export function makeYoga(log: Logger, database: Database): YogaServerInstance<Context, Context> {
  return createYoga<Context, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    // The body was read, and limited, before it came here.
    maxRequestBodySize: false,
    logging: false,
    parserAndValidationCache: {
      documentCache: createLRUCache({ max: CACHED_DOCUMENTS }),
      errorCache: createLRUCache({ max: CACHED_DOCUMENTS }),
    },
    maskedErrors: { maskError: (error) => expose(error, { log, requestId: undefined }) },
    plugins: [limitDocuments, checkOperations, runOperations(database), exposeErrors(log), shapeErrors],
  });
}

const limitDocuments: Plugin<Context> = {
  onParse({ setParseFn }) {
    setParseFn((source, options) => parse(source, { ...options, maxTokens: LIMITS.tokens }));
  },
  onValidate({ addValidationRule }) {
    addValidationRule(WellFormedStrings);
  },
};

type Arguments = ExecutionArgs & { contextValue: Context & YogaInitialContext };

async function check(args: Arguments): Promise<Checked> {
  const { document, operationName, variableValues, contextValue } = args;
  const operation = { schema, document, operationName: operationName ?? undefined, variables: variableValues ?? {} };
  const checked = checkOperation(operation, contextValue);
  if (checked.refusal) await recordRefusal(contextValue, args, [checked.refusal]);
  return checked;
}

const checkOperations: Plugin<Context> = {
  async onExecute({ args, setResultAndStopExecution }) {
    const { refusal, cost } = await check(args as Arguments);
    if (refusal) return setResultAndStopExecution({ errors: [refusal] });
    const extensions = { cost: { requested: cost, limit: LIMITS.cost } };
    return {
      onExecuteDone({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult({ ...result, extensions });
      },
    };
  },
  async onSubscribe({ args, setResultAndStopExecution }) {
    const { contextValue } = args as Arguments;
    const streams = contextValue.request.headers.get('accept')?.includes('text/event-stream');
    const { refusal = streams ? undefined : notAcceptable() } = await check(args as Arguments);
    if (refusal) setResultAndStopExecution({ errors: [refusal] });
  },
};

const notAcceptable = (): GraphQLError =>
  badRequest('A subscription is answered as text/event-stream: ask for that in Accept', 'NOT_ACCEPTABLE', 406);

const runOperations = (database: Database): Plugin<Context> => ({
  onExecute: ({ setExecuteFn }) => setExecuteFn(executeInTime),
  onSubscribe: ({ setSubscribeFn }) => setSubscribeFn((args: ExecutionArgs) => subscribeAfresh(args, database)),
});

const exposeErrors = (log: Logger): Plugin<Context> => {
  const exposed = async (args: ExecutionArgs, result: ExecutionResult): Promise<ExecutionResult> => {
    if (!result.errors) return result;
    const context = args.contextValue as Context;
    const { requestId } = context.origin;
    const errors = result.errors.map((error) => expose(error, { log, requestId }));
    await recordRefusal(context, args, errors);
    return { ...result, errors };
  };
  return {
    onExecute: ({ args }) => ({
      async onExecuteDone({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult(await exposed(args, result));
      },
    }),
    onSubscribe: ({ args }) => ({
      onSubscribeResult({ result }) {
        if (!isAsyncIterable(result)) return undefined;
        return {
          async onNext({ result: next, setResult: setNext }) {
            if (!isAsyncIterable(next)) setNext(await exposed(args, next));
          },
        };
      },
    }),
  };
};

/**
 * GraphQL over HTTP §6.4: a request that never ran is a 400, save for a client that asks for `application/json` by name.
 * And no answer helps to guess the names of what a stranger may not see.
 */
const shapeErrors: Plugin<Context> = {
  onResultProcess({ request, result, setResult }) {
    if (Array.isArray(result) || !('errors' in result) || !result.errors) return;
    const legacy = /\bapplication\/json\b/.test(request.headers.get('accept') ?? '');
    const ran = 'data' in result;
    setResult({ ...result, errors: result.errors.map((error) => shape(error, ran, legacy)) });
  },
};

function shape(error: GraphQLError, ran: boolean, legacy: boolean): GraphQLError {
  const { nodes = null, source = null, positions = null, path = null } = error;
  const { http, ...rest } = error.extensions as { http?: { status?: number; spec?: boolean; headers?: object } };
  // The engine writes out a whole input that lacks one field, and with it a password that stands beside it.
  const message = error.message.replace(/ Did you mean .*$/s, '').replace(/, found:? [[{].*$/s, '.');
  const status = http?.status ?? (ran ? undefined : 400);
  // `spec`: this status only where the media type can carry one.
  const spec = legacy && (http?.spec ?? http?.status === undefined);
  const extensions = {
    code: 'BAD_REQUEST',
    ...rest,
    ...(status === undefined ? {} : { http: { ...http, status, spec } }),
  };
  return createGraphQLError(message, { nodes, source, positions, path, extensions });
}
