import type { ExecutionResult, GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';

/**
 * GraphQL over HTTP §6.4: a request that never ran is a 400, save for a client that asks for `application/json` by name.
 * And no answer helps to guess the names of what a stranger may not see.
 */
export function shapeErrors<Result extends ExecutionResult>(result: Result, accept: string): Result {
  if (!result.errors) return result;
  const legacy = /\bapplication\/json\b/.test(accept);
  const ran = 'data' in result;
  return { ...result, errors: result.errors.map((error) => shape(error, ran, legacy)) };
}

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
