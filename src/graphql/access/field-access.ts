import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { DomainError } from '../../directory/error.ts';
import { holds } from '../../directory/permissions.ts';
import type { BuiltInScope } from '../../oauth/scopes/scope.ts';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import { type AccessRule, missingFor, missingForAll } from './access.ts';

const COORDINATES = 100;

/** `OWN_ONLY`: which of them are one's own only the resolver can tell. */
export type AccessAnswer = 'YES' | 'NO' | 'OWN_ONLY';

export interface FieldAccess {
  readonly coordinate: string;
  readonly answer: AccessAnswer;
  readonly missingScopes: readonly BuiltInScope[];
  readonly reason: string | null;
}

/** What a token, as things stand, may do with each field: told by the rules alone, so that nothing is looked up. */
export function accessTo(schema: GraphQLSchema, token: AccessToken, coordinates: readonly string[]): FieldAccess[] {
  if (coordinates.length > COORDINATES)
    throw new DomainError('INVALID', `Ask for at most ${COORDINATES} coordinates at once`, ['coordinates']);
  return coordinates.map((coordinate) => ({ coordinate, ...judged(token, rulesAt(schema, coordinate)) }));
}

/** The rule of the field; of an interface's, those of all the types it can stand for. */
function rulesAt(schema: GraphQLSchema, coordinate: string): AccessRule[] {
  const [typeName = '', fieldName = '', ...rest] = coordinate.split('.');
  const type = schema.getType(typeName);
  const types = isInterfaceType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  const fields = types.flatMap((item) => item.getFields()[fieldName] ?? []);
  if (fields.length === 0 || rest.length > 0 || (isInterfaceType(type) && !type.getFields()[fieldName]))
    throw new DomainError(
      'INVALID',
      `No field has the coordinate ${JSON.stringify(coordinate.slice(0, 100))}: write it as Type.field`,
      ['coordinates'],
    );
  // The types of introspection have no rules: whoever has a token sees the schema.
  return fields.map(({ extensions }) => (extensions.access as AccessRule | undefined) ?? 'token');
}

function judged(token: AccessToken, rules: readonly AccessRule[]): Omit<FieldAccess, 'coordinate'> {
  const { missing } = missingForAll(token, rules);
  const lackingPermissions = rules.flatMap((rule) =>
    typeof rule === 'string' || rule.permission === undefined || holds(token.caller, rule.permission) ? [] : [rule],
  );
  const closed = lackingPermissions.filter((rule) => missingFor(token, rule).forbidden);
  const named = (found: typeof closed) => [...new Set(found.map(({ permission }) => permission))].join(', ');
  const reasons = [
    ...(missing.length > 0 ? [`The token lacks the scope ${missing.join(' ')}.`] : []),
    ...(closed.length > 0 ? [`You lack the permission ${named(closed)}.`] : []),
  ];
  if (reasons.length > 0) return { answer: 'NO', missingScopes: missing, reason: reasons.join(' ') };
  if (lackingPermissions.length === 0) return { answer: 'YES', missingScopes: [], reason: null };
  const reason = `Only what is your own; for the rest you lack the permission ${named(lackingPermissions)}.`;
  return { answer: 'OWN_ONLY', missingScopes: [], reason };
}
