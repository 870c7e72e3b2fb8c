import { OAuthError } from '../error.ts';

/** The built-in scopes, with the sentence consent shows. Operators' own are rows (`store/entities/scope.ts`). */
export const SCOPES = {
  openid: 'Know who you are here',
  profile: 'See your username and your name',
  email: 'See your e-mail address',
  offline_access: 'Stay signed in when you are away',
  read: 'See the people in this directory',
  write: 'Create people, and change what you may change about them',
  groups: 'See groups and who is in them',
  clients: 'See and manage OAuth clients',
  audit: 'Read the audit trail',
} as const;

export type BuiltInScope = keyof typeof SCOPES;

export const BUILT_IN_SCOPES = Object.keys(SCOPES) as BuiltInScope[];

/** With these an application can do harm in the person's name: consent says so in words. */
export const POWERFUL_SCOPES: ReadonlySet<string> = new Set<BuiltInScope>(['write', 'clients', 'audit']);

/** RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) */
export const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** RFC 6749 §3.3: space-delimited, order kept, repeats dropped. Throws invalid_scope for what the grammar does not allow. */
export function parseScope(text: string): string[] {
  const scopes = [...new Set(text.split(' ').filter((item) => item !== ''))];
  if (scopes.length > 100 || !scopes.every((item) => SCOPE_TOKEN.test(item)))
    throw new OAuthError('invalid_scope', 'The scope parameter is malformed.');
  return scopes;
}

/** RFC 6749 §3.3: the scope parameter of a request, which names one scope at least: blanks alone ask for nothing that could be granted. */
export function askedScopes(text: string): string[] {
  const scopes = parseScope(text);
  if (scopes.length === 0) throw new OAuthError('invalid_scope', 'The scope parameter names no scope.');
  return scopes;
}

/** RFC 6749 §3.3: what is asked must be among what is allowed; nothing asked means the default. */
export function grantedScope(
  asked: string | undefined,
  allowed: readonly string[],
  fallback: readonly string[],
): string[] {
  if (asked === undefined) return [...fallback];
  const scopes = askedScopes(asked);
  const foreign = scopes.filter((item) => !allowed.includes(item));
  if (foreign.length > 0)
    throw new OAuthError('invalid_scope', `Unknown, or not allowed to this client: ${foreign.join(' ')}`.slice(0, 200));
  return scopes;
}

/** Of what was granted, what the client may still ask for: what it has lost since, it no longer gets. */
export const stillAllowed = (granted: readonly string[], allowed: readonly string[]): string[] =>
  granted.filter((scope) => allowed.includes(scope));
