import { holds, type Permission } from '../../directory/permissions.ts';
import type { BuiltInScope } from '../../oauth/scopes/scope.ts';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';

/**
 * Who may read a field. `token`: any live token. `parent`: whoever got here, for what only carries other fields.
 * Otherwise one of the lists of scopes, all of them together, and the permission; `own`: or the thing is the caller's own,
 * which only the resolver can tell.
 */
export type AccessRule =
  | 'token'
  | 'parent'
  | {
      readonly scopes: readonly (readonly BuiltInScope[])[];
      readonly permission?: Permission;
      readonly own?: true;
    };

/** What a token lacks for a rule: scopes, which can be asked for, or a permission, which cannot. */
export interface MissingAccess {
  readonly required: readonly BuiltInScope[];
  readonly missing: readonly BuiltInScope[];
  readonly forbidden: boolean;
}

const NOTHING: MissingAccess = { required: [], missing: [], forbidden: false };

/** Decides a rule. A service owns nothing, so `own` is no way in for it. */
export function missingFor(token: AccessToken, rule: AccessRule): MissingAccess {
  if (rule === 'token' || rule === 'parent') return NOTHING;
  // The list that needs the least: what the caller must ask for to get on.
  const lists = rule.scopes.map((required) => ({
    required,
    missing: required.filter((scope) => !token.scopes.has(scope)),
  }));
  const nearest = lists.reduce((best, list) => (list.missing.length < best.missing.length ? list : best));
  return { ...nearest, forbidden: !isPermitted(token, rule) };
}

const isPermitted = (token: AccessToken, { permission, own }: Exclude<AccessRule, string>): boolean =>
  permission === undefined || holds(token.caller, permission) || (own === true && token.user !== undefined);

/** True if the token, as things stand, opens what has this rule. */
export function isAllowed(token: AccessToken | undefined, rule: AccessRule): boolean {
  if (!token) return false;
  if (typeof rule === 'string') return true;
  return rule.scopes.some((list) => list.every((scope) => token.scopes.has(scope))) && isPermitted(token, rule);
}

/** What a token lacks for all of these rules together: nothing that another missing scope makes needless. */
export function missingForAll(token: AccessToken, rules: Iterable<AccessRule>): MissingAccess {
  const all = [...rules];
  const lacks = all.map((rule) => missingFor(token, rule));
  const missing = new Set(lacks.flatMap((lack) => lack.missing));
  const listOf = (rule: AccessRule, without?: BuiltInScope) =>
    scopeLists(rule).find((list) =>
      list.every((scope) => token.scopes.has(scope) || (missing.has(scope) && scope !== without)),
    );
  for (const scope of [...missing]) if (all.every((rule) => listOf(rule, scope))) missing.delete(scope);
  return {
    required: [...new Set(all.flatMap((rule) => listOf(rule) ?? []))],
    missing: [...missing],
    forbidden: lacks.some(({ forbidden }) => forbidden),
  };
}

/** The lists of scopes of which one, as a whole, opens what has this rule. */
export const scopeLists = (rule: AccessRule): readonly (readonly BuiltInScope[])[] =>
  typeof rule === 'string' ? [[]] : rule.scopes;

/** The rule in words, for the end of the field's description. */
export function describeRule(rule: AccessRule): string {
  if (rule === 'parent') return 'Requires scope: none beyond what led here.';
  if (rule === 'token') return 'Requires scope: none; any token will do.';
  const lists = rule.scopes.map((list) => list.map((scope) => `\`${scope}\``).join(' and '));
  const scope = `Requires scope: ${lists.join(', or ')}.`;
  if (rule.permission === undefined) return scope;
  return `${scope} Requires permission: ${rule.permission}${rule.own ? ', or that it is your own' : ''}.`;
}
