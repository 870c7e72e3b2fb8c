import type { ExecutionResult, GraphQLError } from 'graphql';
import { createGraphQLError } from 'graphql-yoga';

/**
 * GraphQL over HTTP §6.4: a request that was not executed has status 400, unless the client accepts `application/json`.
 * Suggestions ("Did you mean …") stay, because a token that gets this far may read the schema.
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
  const message = withoutValues(error.message);
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

/** graphql-js quotes values that do not fit their place, and these may be passwords. */
const QUOTED_VALUES: readonly [RegExp, string][] = [
  [/(Syntax Error: .*found (?:String|BlockString|Int|Float)) .*$/s, '$1.'],
  [/( cannot represent [^:]*?value): .*$/s, '$1.'],
  [/( cannot represent an invalid date-time-string| cannot represent non string or Date type) .*$/s, '$1.'],
  [/Value .* does not exist in /s, 'The value does not exist in '],
  [/^(?!.*Syntax Error: )(.*?)(?:, but encountered error .*|, found:? .*)$/s, '$1.'],
  [/ Found: .*$/s, ''],
];

const withoutValues = (message: string): string =>
  QUOTED_VALUES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message);
