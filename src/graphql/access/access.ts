import type { GraphQLObjectType } from 'graphql';
import { holds, type Permission } from '../../directory/permissions.ts';
import type { BuiltInScope } from '../../oauth/scopes/scope.ts';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';

/**
 * Who may read a field. `token`: any valid token. `parent`: anyone who may read the parent field, for types that only group
 * other fields. Otherwise: a token with all scopes of one of the lists, whose holder has the permission. With `own` the owner
 * of the object needs no permission; only the resolver knows who that is.
 */
export type AccessRule =
  | 'token'
  | 'parent'
  | {
      readonly scopes: readonly (readonly BuiltInScope[])[];
      readonly permission?: Permission;
      readonly own?: true;
    };

/** What a token lacks for a rule: scopes, which the client can request, or a permission, which it cannot. */
export interface MissingAccess {
  readonly required: readonly BuiltInScope[];
  readonly missing: readonly BuiltInScope[];
  readonly forbidden: boolean;
}

const NOTHING: MissingAccess = { required: [], missing: [], forbidden: false };

/** What the token lacks for this rule. */
export function missingFor(token: AccessToken, rule: AccessRule): MissingAccess {
  if (rule === 'token' || rule === 'parent') return NOTHING;
  // The alternative list with the fewest missing scopes.
  const lists = rule.scopes.map((required) => ({
    required,
    missing: required.filter((scope) => !token.scopes.has(scope)),
  }));
  const nearest = lists.reduce((best, list) => (list.missing.length < best.missing.length ? list : best));
  return { ...nearest, forbidden: !isPermitted(token, rule) };
}

/** Services own no objects, so `own` applies only to users. */
const isPermitted = (token: AccessToken, { permission, own }: Exclude<AccessRule, string>): boolean =>
  permission === undefined || holds(token.caller, permission) || (own === true && token.user !== undefined);

/** True if the current state of the token satisfies the rule. */
export function isAllowed(token: AccessToken | undefined, rule: AccessRule): boolean {
  if (!token) return false;
  if (typeof rule === 'string') return true;
  return coveredList(rule, token.scopes) !== undefined && isPermitted(token, rule);
}

/** What the token lacks for all of these rules together. */
export function missingForAll(token: AccessToken, rules: Iterable<AccessRule>): MissingAccess {
  const all = [...rules];
  const perRule = all.map((rule) => missingFor(token, rule));
  const candidates = new Set(perRule.flatMap((access) => access.missing));
  let missing = candidates;
  // Leave out a candidate if the others already satisfy every rule.
  for (const scope of candidates) {
    const fewer = missing.difference(new Set([scope]));
    if (all.every((rule) => coveredList(rule, token.scopes.union(fewer)))) missing = fewer;
  }
  const sufficient = token.scopes.union(missing);
  return {
    required: [...new Set(all.flatMap((rule) => coveredList(rule, sufficient) ?? []))],
    missing: [...missing],
    forbidden: perRule.some(({ forbidden }) => forbidden),
  };
}

/** The first alternative list of the rule that is contained in `scopes`. Undefined if there is none. */
const coveredList = (rule: AccessRule, scopes: ReadonlySet<string>): readonly BuiltInScope[] | undefined =>
  scopeLists(rule).find((list) => list.every((scope) => scopes.has(scope)));

/** The alternative lists of scopes of a rule. */
export const scopeLists = (rule: AccessRule): readonly (readonly BuiltInScope[])[] =>
  typeof rule === 'string' ? [[]] : rule.scopes;

/** The rule as a sentence for the end of the field's description. */
export function describeRule(rule: AccessRule): string {
  if (rule === 'parent') return 'Requires scope: none beyond the parent field.';
  if (rule === 'token') return 'Requires scope: none; any access token is accepted.';
  const lists = rule.scopes.map((list) => list.map((scope) => `\`${scope}\``).join(' and '));
  const scope = `Requires scope: ${lists.join(', or ')}.`;
  if (rule.permission === undefined) return scope;
  return `${scope} Requires permission: ${rule.permission}${rule.own ? ', unless it is your own' : ''}.`;
}

/** The access rule of the `id` of a type. It also applies to `__typename`, which reveals that the object exists. */
export const ruleOfNode = (type: GraphQLObjectType): AccessRule => type.getFields().id?.extensions.access as AccessRule;
