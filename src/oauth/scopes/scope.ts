import { OAuthError } from '../error.ts';

/** The properties of a built-in scope. */
interface ScopeDeclaration {
  /** The text on the consent page. */
  readonly description: string;
  /** Whether an app can do harm with it. The consent page then shows a warning. */
  readonly powerful: boolean;
  /** Whether users may give it to their own clients, without MANAGE_CLIENTS. */
  readonly selfService: boolean;
  /** Whether services can use it as well, together with their permissions. */
  readonly directory: boolean;
  /** Whether the built-in client of GraphiQL may request it. */
  readonly console: boolean;
}

/** The built-in scopes. Custom scopes are rows (`store/entities/scope.ts`). */
export const SCOPES = {
  openid: {
    description: 'Recognise you when you come back',
    powerful: false,
    selfService: true,
    directory: false,
    console: true,
  },
  profile: {
    description: 'See your username and your name',
    powerful: false,
    selfService: true,
    directory: false,
    console: true,
  },
  email: {
    description: 'See your email address',
    powerful: false,
    selfService: true,
    directory: false,
    console: true,
  },
  offline_access: {
    description: 'Keep access when you are not using it',
    powerful: false,
    selfService: true,
    directory: false,
    console: false,
  },
  read: {
    description: 'See the users of this directory',
    powerful: false,
    selfService: true,
    directory: true,
    console: true,
  },
  write: {
    description: 'Create users and change their details, within your permissions',
    powerful: true,
    selfService: false,
    directory: true,
    console: true,
  },
  groups: {
    description: 'See groups and their members',
    powerful: false,
    selfService: true,
    directory: true,
    console: true,
  },
  clients: {
    description: 'See and change the apps that use this sign-in',
    powerful: true,
    selfService: false,
    directory: true,
    console: true,
  },
  audit: {
    description: 'See the sign-in and change history',
    powerful: true,
    selfService: false,
    directory: true,
    console: true,
  },
} as const satisfies Record<string, ScopeDeclaration>;

export type BuiltInScope = keyof typeof SCOPES;

export const BUILT_IN_SCOPES = Object.keys(SCOPES) as BuiltInScope[];

const scopesWith = (property: 'powerful' | 'selfService' | 'directory' | 'console'): readonly BuiltInScope[] =>
  BUILT_IN_SCOPES.filter((scope) => SCOPES[scope][property]);

export const POWERFUL_SCOPES: ReadonlySet<string> = new Set(scopesWith('powerful'));
export const OWN_SCOPES: readonly string[] = scopesWith('selfService');
export const DIRECTORY_SCOPES = scopesWith('directory');
/** GraphiQL keeps its token in memory and has no refresh token, so it has no `offline_access`. */
export const CONSOLE_SCOPES = scopesWith('console');

/** RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) */
export const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** RFC 6749 §3.3: the scopes in the order of the text, without duplicates. Throws invalid_scope for malformed text. */
export function parseScope(text: string): string[] {
  const scopes = [...new Set(text.split(' ').filter((item) => item !== ''))];
  if (scopes.length > 100 || !scopes.every((item) => SCOPE_TOKEN.test(item)))
    throw new OAuthError('invalid_scope', 'The scope parameter is malformed.');
  return scopes;
}

/** RFC 6749 §3.3: parses the scope parameter of a request, which must name at least one scope. Throws invalid_scope. */
export function requestedScopes(text: string): string[] {
  const scopes = parseScope(text);
  if (scopes.length === 0) throw new OAuthError('invalid_scope', 'The scope parameter names no scope.');
  return scopes;
}

/** RFC 6749 §3.3: the requested scopes, or the default ones if there is no scope parameter. Throws invalid_scope. */
export function grantedScope(
  requested: string | undefined,
  allowed: readonly string[],
  fallback: readonly string[],
): string[] {
  if (requested === undefined) return [...fallback];
  const scopes = requestedScopes(requested);
  const foreign = scopes.filter((item) => !allowed.includes(item));
  if (foreign.length > 0)
    throw new OAuthError(
      'invalid_scope',
      `Unknown, or not allowed for this client: ${foreign.join(' ')}`.slice(0, 200),
    );
  return scopes;
}

/** The granted scopes without those that the client is no longer registered for. */
export const stillAllowed = (granted: readonly string[], allowed: readonly string[]): string[] =>
  granted.filter((scope) => allowed.includes(scope));
