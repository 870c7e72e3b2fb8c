import { addGroupMember } from '../../src/directory/group-members.ts';
import { createGroup } from '../../src/directory/groups.ts';
import { ALL_PERMISSIONS } from '../../src/directory/permissions.ts';
import { createScope } from '../../src/oauth/scopes/manage-scopes.ts';
import { prefixedId } from '../../src/store/prefixed-id.ts';
import type { Literal } from '../support/documents.ts';
import { theOperator, unique } from '../support/fixtures.ts';
import type { TestServer } from '../support/server.ts';

/** A directory with users and services of every kind, and the ids and values that documents can use. */
export interface PopulatedDirectory {
  /** Of a superuser, a user with all permissions, two users without any, and services with and without permissions. */
  readonly tokens: readonly string[];
  readonly ids: readonly string[];
  readonly clientIds: readonly string[];
  /** Objects that documents may delete. */
  readonly doomed: readonly string[];
  readonly doomedClientIds: readonly string[];
}

export async function populateDirectory(server: TestServer): Promise<PopulatedDirectory> {
  const { database } = server;
  const client = await server.client();
  const given = await server.client({ servicePermissions: [...ALL_PERMISSIONS] });
  const superuser = await server.user({ superuser: true });
  const manager = await server.user({ permissions: ALL_PERMISSIONS });
  const people = [await server.user(), await server.user()];
  const others = await Promise.all(Array.from({ length: 3 }, () => server.user()));
  const groups: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    const group = await createGroup(database.em(), theOperator(), { name: unique('team') });
    groups.push(prefixedId('grp', group.id));
    for (const { uuid } of [...people, ...others]) await addGroupMember(database.em(), theOperator(), group.id, uuid);
  }
  const tokens = [
    await server.accessToken({ client, user: superuser }),
    await server.accessToken({ client, user: superuser }),
    await server.accessToken({ client, user: manager }),
    ...(await Promise.all(people.map((user) => server.accessToken({ client, user })))),
    await server.accessToken({ client, user: null }),
    await server.accessToken({ client: given, user: null }),
  ];
  const own = await server.graphql(
    'mutation { registerClient(input: {name: "Own", grantTypes: [authorization_code], redirectUris: ["https://own.example/cb"]}) { client { clientId } } }',
    tokens[3],
  );
  const audit = await server.graphql(
    '{ auditEvents(first: 5) { nodes { id } } clients { nodes { id clientId } } }',
    tokens[0],
  );
  const doomed = await Promise.all(Array.from({ length: 5 }, () => server.user()));
  const doomedClients = await Promise.all(Array.from({ length: 5 }, () => server.client()));
  await createScope(database.em(), theOperator(), { name: 'doomed:scope', description: 'See what goes' });
  const nodes = (list: { nodes: { id: string }[] }) => list.nodes.map(({ id }) => id);
  return {
    tokens,
    ids: [
      ...[...people, ...others].map(({ id }) => id),
      ...groups,
      ...nodes(audit.body.data.auditEvents),
      ...nodes(audit.body.data.clients),
    ],
    clientIds: [own.body.data.registerClient.client.clientId, client.clientId, 'gatehouse-graphiql', 'nobody'],
    doomed: doomed.map(({ id }) => id),
    doomedClientIds: doomedClients.map(({ clientId }) => clientId),
  };
}

/** Mutations that could change the actors are left out, because later documents depend on their permissions. */
const NEVER = new Set([
  'superuser',
  'disabled',
  'permissions',
  'servicePermissions',
  'password',
  'currentPassword',
  'last',
  'after',
  'before',
]);

let made = 0;
const fresh = (): string => {
  made += 1;
  return `g${made}`;
};

/** Values with an effect, so that a refusal that comes too late is noticed. */
export const literals =
  ({ ids, clientIds, doomed, doomedClientIds }: PopulatedDirectory): Literal =>
  ({ name, field, type, pick }) => {
    const one = (items: readonly string[]) => JSON.stringify(items[pick(items.length)]);
    if (NEVER.has(name) && field !== 'setPassword') return undefined;
    const destructive = field.startsWith('delete');
    if (name === 'clientId') return one(destructive ? doomedClientIds : clientIds);
    if (/^(id|userId|groupId)$/.test(name)) return one(destructive ? doomed : ids);
    if (name === 'first') return String(1 + pick(3));
    if (type === 'Int') return String(60 + pick(1000));
    if (type === 'Boolean') return String(pick(2) === 1);
    if (type === 'JSONObject') return '{team: "blue"}';
    if (type === 'DateTime') return '"2026-01-01T00:00:00Z"';
    if (name === 'email') return `"${fresh()}@example.com"`;
    if (field === 'deleteScope') return '"doomed:scope"';
    if (/^(username|name)$/.test(name)) return `"${fresh()}"`;
    return JSON.stringify(TEXTS[name] ?? 'something');
  };

const TEXTS: Record<string, string> = {
  clientUri: 'https://client.example',
  redirectUris: 'https://client.example/cb',
  scope: 'openid read',
  defaultScopes: 'openid',
  responseTypes: 'code',
  document: '{ viewer { username } }',
  coordinates: 'Query.users',
  password: 'correct horse battery',
};
