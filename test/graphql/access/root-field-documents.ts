import { getNamedType, isLeafType } from 'graphql';
import { printed } from './printed-rules.ts';

/** Ids of existing objects of one owner, which a document reads or changes. */
export interface Target {
  readonly user: string;
  readonly client: string;
  readonly clientNode: string;
  readonly event: string;
  readonly token: string;
}

/** Objects that a document may delete. */
export interface Doomed {
  readonly user: string;
  readonly group: string;
  readonly client: string;
  readonly scope: string;
}

export interface Subject {
  readonly target: Target;
  readonly doomed: Doomed;
  /** A group without permissions. */
  readonly group: string;
  readonly fresh: () => string;
}

/** Valid arguments by root field; for mutations the fields of `input`. */
const ARGUMENTS: Record<string, (subject: Subject) => Record<string, unknown>> = {
  auditEvent: () => ({}),
  auditEvents: () => ({}),
  client: ({ target }) => ({ clientId: target.client }),
  clients: () => ({}),
  group: ({ group }) => ({ id: group }),
  groups: () => ({}),
  'node(AuditEvent)': ({ target }) => ({ id: target.event }),
  'node(Client)': ({ target }) => ({ id: target.clientNode }),
  'node(Group)': ({ group }) => ({ id: group }),
  'node(User)': ({ target }) => ({ id: target.user }),
  requiredScopes: () => ({ document: '{ viewer { sub } }' }),
  scopes: () => ({}),
  token: () => ({}),
  user: ({ target }) => ({ id: target.user }),
  users: () => ({}),
  viewer: () => ({}),
  addGroupMember: ({ target, group }) => ({ groupId: group, userId: target.user }),
  approveClient: ({ target }) => ({ clientId: target.client }),
  createGroup: ({ fresh }) => ({ name: fresh() }),
  createScope: ({ fresh }) => ({ name: fresh(), description: 'See what is fresh' }),
  createUser: ({ fresh }) => ({ username: fresh() }),
  deleteClient: ({ doomed }) => ({ clientId: doomed.client }),
  deleteGroup: ({ doomed }) => ({ id: doomed.group }),
  deleteScope: ({ doomed }) => ({ name: doomed.scope }),
  deleteUser: ({ doomed }) => ({ id: doomed.user }),
  registerClient: ({ fresh }) => ({
    name: fresh(),
    grantTypes: ['authorization_code'],
    redirectUris: ['https://app.example/cb'],
  }),
  removeGroupMember: ({ target, group }) => ({ groupId: group, userId: target.user }),
  revokeAuthorization: ({ target }) => ({ clientId: target.client, userId: target.user }),
  revokeToken: ({ target }) => ({ token: target.token }),
  rotateClientSecret: ({ target }) => ({ clientId: target.client, overlapSeconds: 0 }),
  // Too short on purpose: an allowed caller gets an input error, and no tokens are revoked.
  setPassword: ({ target }) => ({ id: target.user, password: 'short' }),
  updateClient: ({ target, fresh }) => ({ clientId: target.client, name: fresh() }),
  updateGroup: ({ group, fresh }) => ({ id: group, name: fresh() }),
  updateUser: ({ target }) => ({ id: target.user, firstName: 'Robin' }),
};

export const fieldsWithArguments: readonly string[] = Object.keys(ARGUMENTS);

/** Prints a GraphQL literal. Enum values are recognized by the name of their field. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, item]) => `${name}: ${name === 'grantTypes' ? `[${(item as string[]).join(', ')}]` : literal(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

/** The smallest document for a root field: it selects no field that has another rule. */
export function documentOf(field: string, subject: Subject): string {
  const name = field.replace(/\(.*/, '');
  const values = ARGUMENTS[field]?.(subject) ?? {};
  const inner = literal(values).slice(1, -1);
  if (printed.getMutationType()?.getFields()[name])
    return `mutation { ${name}(input: {${inner}}) { errors { code path } } }`;
  if (printed.getSubscriptionType()?.getFields()[name]) return `subscription { ${name} { __typename } }`;
  const query = printed.getQueryType()?.getFields()[name];
  const selection = isLeafType(getNamedType(query?.type)) ? '' : ' { __typename }';
  return `{ ${name}${inner === '' ? '' : `(${inner})`}${selection} }`;
}
