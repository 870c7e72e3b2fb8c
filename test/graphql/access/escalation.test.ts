import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addGroupMember } from '../../../src/directory/group-members.ts';
import { createGroup } from '../../../src/directory/groups.ts';
import { ALL_PERMISSIONS, type Permission } from '../../../src/directory/permissions.ts';
import { registerUser } from '../../../src/directory/register-user.ts';
import { Client } from '../../../src/store/entities/client.ts';
import { Group } from '../../../src/store/entities/group.ts';
import { User } from '../../../src/store/entities/user.ts';
import { prefixedId } from '../../../src/store/prefixed-id.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { rowCounts } from '../row-counts.ts';

/** The callers. Only the superuser has INTROSPECT. */
const ACTORS: Record<string, readonly Permission[] | 'all'> = {
  'a user without permissions': [],
  'a users manager': ['MANAGE_USERS'],
  'a groups manager': ['MANAGE_GROUPS'],
  'a clients manager': ['MANAGE_CLIENTS'],
  'a manager of everything but INTROSPECT': ALL_PERMISSIONS.filter((permission) => permission !== 'INTROSPECT'),
  'a superuser': 'all',
};

/** The permissions of the changed object, or those that the caller tries to grant. */
const TARGETS: Record<string, readonly Permission[] | 'all'> = {
  'nothing special': [],
  READ_AUDIT: ['READ_AUDIT'],
  INTROSPECT: ['INTROSPECT'],
  'the superuser flag': 'all',
};

interface Target {
  readonly user: string;
  readonly group: string | undefined;
  readonly client: string | undefined;
  readonly permissions: readonly Permission[];
  readonly superuser: boolean;
}

interface Verb {
  readonly needs: Permission;
  /** The input of the mutation; undefined if it does not apply to this target. */
  input(target: Target, own: { ordinary: string; plainGroup: string }): Record<string, unknown> | undefined;
  readonly mutation: string;
}

const verb = (needs: Permission, mutation: string, input: Verb['input']): Verb => ({ needs, mutation, input });

const VERBS: Record<string, Verb> = {
  'create a user with': verb('MANAGE_USERS', 'createUser', ({ superuser, permissions }) =>
    permissions.length > 0 ? undefined : { username: unique('made'), superuser },
  ),
  'rename a user with': verb('MANAGE_USERS', 'updateUser', ({ user }) => ({ id: user, username: unique('renamed') })),
  'change the e-mail of a user with': verb('MANAGE_USERS', 'updateUser', ({ user }) => ({
    id: user,
    email: `${unique('x')}@example.com`,
  })),
  'disable a user with': verb('MANAGE_USERS', 'updateUser', ({ user }) => ({ id: user, disabled: true })),
  'make a superuser of a user with': verb('MANAGE_USERS', 'updateUser', ({ user, superuser }) =>
    superuser ? { id: user, superuser: false } : undefined,
  ),
  'set the password of a user with': verb('MANAGE_USERS', 'setPassword', ({ user }) => ({
    id: user,
    password: 'a new password',
  })),
  'revoke the consents of a user with': verb('MANAGE_USERS', 'revokeAuthorization', ({ user }) => ({
    clientId: 'gatehouse-graphiql',
    userId: user,
  })),
  'create a group with': verb('MANAGE_GROUPS', 'createGroup', ({ superuser, permissions }) =>
    superuser ? undefined : { name: unique('made'), permissions },
  ),
  'give a group': verb('MANAGE_GROUPS', 'updateGroup', ({ superuser, permissions }, { plainGroup }) =>
    superuser || permissions.length === 0 ? undefined : { id: plainGroup, permissions },
  ),
  'take from a group': verb('MANAGE_GROUPS', 'updateGroup', ({ group }) =>
    group ? { id: group, permissions: [] } : undefined,
  ),
  'rename a group with': verb('MANAGE_GROUPS', 'updateGroup', ({ group }) =>
    group ? { id: group, name: unique('renamed') } : undefined,
  ),
  'add to a group with': verb('MANAGE_GROUPS', 'addGroupMember', ({ group }, { ordinary }) =>
    group ? { groupId: group, userId: ordinary } : undefined,
  ),
  'add to a group a user with': verb('MANAGE_GROUPS', 'addGroupMember', ({ user }, { plainGroup }) => ({
    groupId: plainGroup,
    userId: user,
  })),
  'remove from a group a user with': verb('MANAGE_GROUPS', 'removeGroupMember', ({ user }, { plainGroup }) => ({
    groupId: plainGroup,
    userId: user,
  })),
  'delete a group with': verb('MANAGE_GROUPS', 'deleteGroup', ({ group }) => (group ? { id: group } : undefined)),
  'register a service with': verb('MANAGE_CLIENTS', 'registerClient', ({ superuser, permissions }) =>
    superuser
      ? undefined
      : { name: unique('made'), grantTypes: ['client_credentials'], servicePermissions: permissions },
  ),
  'rename a service with': verb('MANAGE_CLIENTS', 'updateClient', ({ client }) =>
    client ? { clientId: client, name: unique('renamed') } : undefined,
  ),
  'redirect a service with': verb('MANAGE_CLIENTS', 'updateClient', ({ client }) =>
    client ? { clientId: client, redirectUris: ['https://evil.example/'] } : undefined,
  ),
  'approve a service with': verb('MANAGE_CLIENTS', 'approveClient', ({ client }) =>
    client ? { clientId: client } : undefined,
  ),
  'rotate the secret of a service with': verb('MANAGE_CLIENTS', 'rotateClientSecret', ({ client }) =>
    client ? { clientId: client } : undefined,
  ),
  'delete a service with': verb('MANAGE_CLIENTS', 'deleteClient', ({ client }) =>
    client ? { clientId: client } : undefined,
  ),
  'delete a user with': verb('MANAGE_USERS', 'deleteUser', ({ user }) => ({ id: user })),
};

let server: TestServer;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startServer();
  const client = await server.client();
  for (const [name, held] of Object.entries(ACTORS)) {
    const user = await server.user(held === 'all' ? { superuser: true } : { permissions: held });
    tokens.set(name, await server.accessToken({ client, user }));
  }
});
afterAll(() => server?.close());

/** Without a password, because no test signs in as a target and hashing is slow. */
async function makeUser(superuser: boolean, group?: string): Promise<string> {
  const em = server.database.em();
  const { id } = await registerUser(em, theOperator(), { username: unique('target'), superuser });
  if (group) await addGroupMember(em, theOperator(), group, id);
  return prefixedId('usr', id);
}

async function makeGroup(permissions: readonly Permission[]): Promise<string> {
  return (await createGroup(server.database.em(), theOperator(), { name: unique('target'), permissions })).id;
}

async function makeTarget(held: readonly Permission[] | 'all'): Promise<Target> {
  if (held === 'all')
    return { user: await makeUser(true), group: undefined, client: undefined, permissions: [], superuser: true };
  const group = await makeGroup(held);
  return {
    user: await makeUser(false, group),
    group: prefixedId('grp', group),
    client: (await server.client({ servicePermissions: held })).clientId,
    permissions: held,
    superuser: false,
  };
}

/** All rows that an attack could have changed. */
async function everything(): Promise<string> {
  const em = server.database.em();
  const newestFirst = { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 5 } as const;
  const rows = [await em.find(User, {}, newestFirst), await em.find(Group, {}, newestFirst)];
  const clients = await em.find(Client, {}, { ...newestFirst, populate: ['secrets'] });
  return JSON.stringify([rows, clients, await rowCounts(server.database)]);
}

const CASES = Object.keys(ACTORS).flatMap((actor) => Object.keys(VERBS).map((name) => ({ actor, verb: name })));

describe('Privilege escalation', () => {
  it.each(CASES)('$actor can $verb only permissions that the actor has', async ({ actor, verb: name }) => {
    const { needs, mutation, input } = VERBS[name]!;
    const held = ACTORS[actor]!;
    for (const [label, gift] of Object.entries(TARGETS)) {
      const target = await makeTarget(gift);
      const plainGroup = prefixedId('grp', await makeGroup([]));
      const values = input(target, { ordinary: await makeUser(false), plainGroup });
      if (!values) continue;

      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
      const document = `mutation($input: ${type}!) { ${mutation}(input: $input) { errors { code message } } }`;
      const before = await everything();
      const { body } = await server.graphql(document, tokens.get(actor), { input: values });

      const outranks = held === 'all' || (!target.superuser && target.permissions.every((item) => held.includes(item)));
      const allowed = held === 'all' || (held.includes(needs) && outranks);
      const refused = body.errors?.some(
        (error: { extensions: { code: string } }) => error.extensions.code === 'FORBIDDEN',
      );
      if (allowed) expect(body, label).toEqual({ data: { [mutation]: { errors: [] } } });
      else {
        // For the caller's own client the payload names the error; all other refusals are FORBIDDEN.
        expect(refused || body.data[mutation].errors.length > 0, `${label}: ${JSON.stringify(body)}`).toBe(true);
        expect(await everything(), label).toBe(before);
      }
    }
  });
});
