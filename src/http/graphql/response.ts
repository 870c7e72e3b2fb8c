import type { ExecutionResult, GraphQLError } from 'graphql';
import { shapeErrors } from '../../graphql/execution/shape-errors.ts';

const LEGACY = 'application/json';
const GRAPHQL = 'application/graphql-response+json';

/** GraphQL over HTTP §6.1: the first of the two JSON media types that the client accepts in UTF-8, or undefined. */
export function jsonTypeFor(accept: string): string | undefined {
  if (accept === '') return LEGACY;
  for (const range of accept.replaceAll(/\s/g, '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';');
    if (parameters.some((parameter) => /^charset=(?!"?utf-8"?$)/.test(parameter))) continue;
    if (type === LEGACY || type === '*/*' || type === 'application/*') return LEGACY;
    if (type === GRAPHQL) return GRAPHQL;
  }
  return undefined;
}

interface Http {
  readonly status?: number;
  /** The status applies only to media types that use HTTP status codes. */
  readonly spec?: boolean;
  readonly headers?: Record<string, string>;
}

const httpOf = ({ extensions }: GraphQLError): Http => (extensions.http as Http | undefined) ?? {};

interface JsonResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** GraphQL over HTTP §6.4: the response for a result, with the highest status of its errors and the headers of all. */
export function jsonResponse(result: ExecutionResult, accept: string, type: string): JsonResponse {
  const { errors, ...rest } = shapeErrors(result, accept);
  const headers = { 'Content-Type': `${type}; charset=utf-8` };
  if (!errors) return { status: 200, headers, body: JSON.stringify(rest) };
  const perError = errors.map(httpOf);
  return {
    status: Math.max(...perError.map(({ status = 200, spec }) => (spec && type === LEGACY ? 200 : status))),
    headers: Object.assign(headers, ...perError.map((http) => http.headers)),
    body: JSON.stringify({ errors: errors.map(withoutHttp), ...rest }),
  };
}

function withoutHttp(error: GraphQLError): object {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
