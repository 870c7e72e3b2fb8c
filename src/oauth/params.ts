import { OAuthError } from './error.ts';

/** A decoded form or query: every value of every name, so that a repeat can be seen where it matters. */
export type Params = ReadonlyMap<string, readonly string[]>;

/** RFC 6749 §3.1, §3.2: an empty parameter counts as omitted, a repeated one is an error. */
export function optional(params: Params, name: string): string | undefined {
  const values = params.get(name);
  if (values === undefined) return undefined;
  if (values.length > 1) throw new OAuthError('invalid_request', `The parameter ${name} is repeated.`);
  return values[0] === '' ? undefined : values[0];
}

export function required(params: Params, name: string): string {
  const value = optional(params, name);
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
  return value;
}
