import type { ExecutionResult, GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';

/**
 * GraphQL over HTTP §6.4: a request that was not executed has status 400, unless the client accepts `application/json`.
 * Suggestions ("Did you mean …") are removed, because they reveal names of the schema.
 */
export function shapeErrors<Result extends ExecutionResult>(result: Result, accept: string): Result {
  if (!result.errors) return result;
  const legacy = /\bapplication\/json\b/.test(accept);
  const executed = 'data' in result;
  return { ...result, errors: result.errors.map((error) => shape(error, executed, legacy)) };
}

function shape(error: GraphQLError, executed: boolean, legacy: boolean): GraphQLError {
  const { nodes = null, source = null, positions = null, path = null } = error;
  const { http, ...rest } = error.extensions as { http?: { status?: number; spec?: boolean; headers?: object } };
  // If an input lacks a field, graphql-js prints the whole input, which may contain a password.
  const message = error.message.replace(/ Did you mean .*$/s, '').replace(/, found:? [[{].*$/s, '.');
  const status = http?.status ?? (executed ? undefined : 400);
  // `spec`: this status applies only to media types that use HTTP status codes.
  const spec = legacy && (http?.spec ?? http?.status === undefined);
  const extensions = {
    code: 'BAD_REQUEST',
    ...rest,
    ...(status === undefined ? {} : { http: { ...http, status, spec } }),
  };
  return createGraphQLError(message, { nodes, source, positions, path, extensions });
}
