import { OAuthError } from './error.ts';

const ENCODED = /[%+]/;

/** The parameters of a decoded form or query. Repeated names keep all values, so that repeats can be detected. */
export type Params = ReadonlyMap<string, readonly string[]>;

/** RFC 6749 §3.1, §3.2: an empty parameter counts as omitted, and a repeated one is an error. */
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

/** RFC 6749 appendix B: decodes a form-encoded name or value. Undefined for invalid percent-encoding or UTF-8. */
export function decodeForm(text: string): string | undefined {
  if (!ENCODED.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
