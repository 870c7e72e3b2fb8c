import type { ExecutionArgs, GraphQLError } from 'graphql';
import {
  createYoga,
  isAsyncIterable,
  type Plugin,
  type YogaInitialContext,
  type YogaServerInstance,
} from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Database } from '../../store/connection/database.ts';
import type { Context } from '../context.ts';
import { badRequest } from '../errors.ts';
import { expose } from '../expose.ts';
import { schema } from '../schema.ts';
import { parseAndValidate } from './documents.ts';
import { checkExecutionArgs, executeOperation, exposeErrors, withinSize } from './execute-request.ts';
import { subscribeWithCurrentToken } from './run-operation.ts';
import { shapeErrors } from './shape-errors.ts';

/** GraphQL Yoga serves event streams, and requests whose Accept header has no JSON type. */
export function makeYoga(log: Logger, database: Database): YogaServerInstance<Context, Context> {
  return createYoga<Context, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    // Our own handler has already read the body and checked its size.
    maxRequestBodySize: false,
    logging: false,
    parserAndValidationCache: false,
    maskedErrors: { maskError: (error) => expose(error, { log, requestId: undefined }) },
    plugins: [parseDocuments, executeOperations(log), subscribe(log, database), shapeResults],
  });
}

const parseDocuments: Plugin<Context> = {
  onParse({ params, setParsedDocument }) {
    const { document, errors } = parseAndValidate(String(params.source));
    if (!document) throw errors[0];
    setParsedDocument(document);
  },
  onValidate({ context, setResult }) {
    setResult(parseAndValidate(String((context as YogaInitialContext).params.query)).errors);
  },
};

const executeOperations = (log: Logger): Plugin<Context> => ({
  onExecute: ({ setExecuteFn }) => setExecuteFn((args: ExecutionArgs) => executeOperation(args, log)),
});

const subscribe = (log: Logger, database: Database): Plugin<Context> => ({
  async onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
    const { request } = args.contextValue as YogaInitialContext;
    const acceptsStream = request.headers.get('accept')?.includes('text/event-stream');
    const { refusal } = await checkExecutionArgs(args);
    if (refusal) return setResultAndStopExecution({ errors: [refusal] });
    if (!acceptsStream) return setResultAndStopExecution({ errors: [notAcceptable()] });
    setSubscribeFn((executionArgs: ExecutionArgs) => subscribeWithCurrentToken(executionArgs, database));
    return {
      onSubscribeResult({ result }) {
        if (!isAsyncIterable(result)) return undefined;
        return {
          async onNext({ result: next, setResult: setNext }) {
            if (!isAsyncIterable(next)) setNext(await exposeErrors(args, withinSize(next), log));
          },
        };
      },
    };
  },
});

const notAcceptable = (): GraphQLError =>
  badRequest('The response to a subscription is text/event-stream: add it to the Accept header', 'NOT_ACCEPTABLE', 406);

const shapeResults: Plugin<Context> = {
  onResultProcess({ request, result, setResult }) {
    if (Array.isArray(result) || isAsyncIterable(result)) return;
    setResult(shapeErrors(result, request.headers.get('accept') ?? ''));
  },
};
