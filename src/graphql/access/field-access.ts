import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { DomainError } from '../../directory/error.ts';
import { holds } from '../../directory/permissions.ts';
import type { BuiltInScope } from '../../oauth/scopes/scope.ts';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import { type AccessRule, missingFor, missingForAll } from './access.ts';

const MAX_COORDINATES = 100;

/** `OWN_ONLY`: only for objects of the caller, which the resolver checks. */
export type AccessAnswer = 'YES' | 'NO' | 'OWN_ONLY';

export interface FieldAccess {
  readonly coordinate: string;
  readonly answer: AccessAnswer;
  readonly missingScopes: readonly BuiltInScope[];
  readonly reason: string | null;
}

/** What the token may do with each field, by the rules alone: no statement runs. Throws INVALID. */
export function accessTo(schema: GraphQLSchema, token: AccessToken, coordinates: readonly string[]): FieldAccess[] {
  if (coordinates.length > MAX_COORDINATES)
    throw new DomainError('INVALID', `At most ${MAX_COORDINATES} coordinates are allowed`, ['coordinates']);
  return coordinates.map((coordinate) => ({ coordinate, ...decide(token, rulesAt(schema, coordinate)) }));
}

/** The rule of the field; for a field of an interface, the rules of all types that implement it. */
function rulesAt(schema: GraphQLSchema, coordinate: string): AccessRule[] {
  const [typeName = '', fieldName = '', ...rest] = coordinate.split('.');
  const type = schema.getType(typeName);
  const types = isInterfaceType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  const fields = types.flatMap((item) => item.getFields()[fieldName] ?? []);
  if (fields.length === 0 || rest.length > 0 || (isInterfaceType(type) && !type.getFields()[fieldName]))
    throw new DomainError(
      'INVALID',
      `No field has the coordinate ${JSON.stringify(coordinate.slice(0, 100))}. The form is Type.field`,
      ['coordinates'],
    );
  // Introspection types have no rules, because any token may read the schema.
  return fields.map(({ extensions }) => (extensions.access as AccessRule | undefined) ?? 'token');
}

function decide(token: AccessToken, rules: readonly AccessRule[]): Omit<FieldAccess, 'coordinate'> {
  const { missing } = missingForAll(token, rules);
  const lackingPermissions = rules.flatMap((rule) =>
    typeof rule === 'string' || rule.permission === undefined || holds(token.caller, rule.permission) ? [] : [rule],
  );
  const denied = lackingPermissions.filter((rule) => missingFor(token, rule).forbidden);
  const named = (unmet: typeof denied) => [...new Set(unmet.map(({ permission }) => permission))].join(', ');
  const reasons = [
    ...(missing.length > 0 ? [`The token lacks the scope ${missing.join(' ')}.`] : []),
    ...(denied.length > 0 ? [`You lack the permission ${named(denied)}.`] : []),
  ];
  if (reasons.length > 0) return { answer: 'NO', missingScopes: missing, reason: reasons.join(' ') };
  if (lackingPermissions.length === 0) return { answer: 'YES', missingScopes: [], reason: null };
  const reason = `Only your own objects. For others you lack the permission ${named(lackingPermissions)}.`;
  return { answer: 'OWN_ONLY', missingScopes: [], reason };
}
