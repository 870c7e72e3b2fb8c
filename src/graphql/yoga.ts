import type { ExecutionArgs, GraphQLError } from 'graphql';
import { parse } from 'graphql';
import { createGraphQLError, createLRUCache, createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context } from './context.ts';
import { expose } from './errors.ts';
import { LIMITS } from './limits.ts';
import { checkOperation } from './operation-check.ts';
import { recordRefusal } from './refusal-trail.ts';
import { schema } from './schema.ts';
import { WellFormedStrings } from './well-formed-strings.ts';

/** Each kept document holds a syntax tree: so few that strangers' documents cannot fill the memory. */
const CACHED_DOCUMENTS = 200;

/** The engine: parses, validates, checks the whole operation, and only then executes it. */
export function makeYoga(log: Logger): YogaServerInstance<Context, Context> {
  return createYoga<Context, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    logging: false,
    parserAndValidationCache: {
      documentCache: createLRUCache({ max: CACHED_DOCUMENTS }),
      errorCache: createLRUCache({ max: CACHED_DOCUMENTS }),
    },
    maskedErrors: { maskError: (error) => expose(error, { log, requestId: undefined }) },
    plugins: [limitDocuments, checkOperations, exposeErrors(log), shapeErrors],
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

const checkOperations: Plugin<Context> = {
  async onExecute({ args, setResultAndStopExecution }) {
    const { document, operationName, variableValues, contextValue } = args as ExecutionArgs & { contextValue: Context };
    const operation = { schema, document, operationName: operationName ?? undefined, variables: variableValues ?? {} };
    const refusal = checkOperation(operation, contextValue);
    if (!refusal) return;
    await recordRefusal(contextValue, args, [refusal]);
    setResultAndStopExecution({ errors: [refusal] });
  },
};

const exposeErrors = (log: Logger): Plugin<Context> => ({
  onExecute({ args }) {
    const context = args.contextValue as Context;
    const { requestId } = context.origin;
    return {
      async onExecuteDone({ result, setResult }) {
        if (!('errors' in result) || !result.errors) return;
        const errors = result.errors.map((error) => expose(error, { log, requestId }));
        await recordRefusal(context, args, errors);
        setResult({ ...result, errors });
      },
    };
  },
});

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
  const message = error.message.replace(/ Did you mean .*$/s, '');
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
