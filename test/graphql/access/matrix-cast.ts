import { createGroup } from '../../../src/directory/groups.ts';
import { ALL_PERMISSIONS, type Permission } from '../../../src/directory/permissions.ts';
import { createScope } from '../../../src/oauth/scopes/manage-scopes.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { AuditEvent } from '../../../src/store/entities/audit-event.ts';
import { Client } from '../../../src/store/entities/client.ts';
import { User } from '../../../src/store/entities/user.ts';
import { prefixedId } from '../../../src/store/prefixed-id.ts';
import { type TestClient, type TestUser, theOperator, unique } from '../../support/fixtures.ts';
import { issuedTokens } from '../../support/issued-tokens.ts';
import type { TestServer } from '../../support/server.ts';
import type { Doomed, Target } from './root-field-documents.ts';

export interface Role {
  readonly superuser: boolean;
  readonly permissions: readonly Permission[];
  readonly person: boolean;
  readonly disabled: boolean;
  /** Tokens with every set of scopes, or only with all scopes. */
  readonly sets: 'every' | 'all';
}

const MANAGING = ALL_PERMISSIONS.filter((permission) => permission !== 'READ_DIRECTORY' && permission !== 'INTROSPECT');

const role = (permissions: readonly Permission[], rest: Partial<Role> = {}): Role => ({
  superuser: false,
  permissions: ['READ_DIRECTORY', ...permissions],
  person: true,
  disabled: false,
  sets: 'every',
  ...rest,
});

/** The callers and their permissions. Every user may read the directory; a service needs the permission. */
export const WHO = {
  superuser: role([], { superuser: true }),
  manager: role(MANAGING),
  member: role([]),
  'service account': role(['MANAGE_CLIENTS'], { person: false }),
  'service without permissions': role([], { person: false, permissions: [], sets: 'all' }),
  disabled: role([], { superuser: true, disabled: true }),
  'manager of users': role(['MANAGE_USERS'], { sets: 'all' }),
  'manager of groups': role(['MANAGE_GROUPS'], { sets: 'all' }),
  'manager of clients': role(['MANAGE_CLIENTS'], { sets: 'all' }),
  'reader of the trail': role(['READ_AUDIT'], { sets: 'all' }),
} as const satisfies Record<string, Role>;

export type ActorName = keyof typeof WHO;

/** No scope, each alone, all but each, all. */
export const SCOPE_SETS: readonly (readonly string[])[] = [
  [],
  ...BUILT_IN_SCOPES.map((scope) => [scope]),
  ...BUILT_IN_SCOPES.map((left) => BUILT_IN_SCOPES.filter((scope) => scope !== left)),
  BUILT_IN_SCOPES,
];

export interface Actor {
  /** By their scopes, separated by spaces. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly own: Target;
  readonly ownDoomed: Doomed;
  readonly doomed: Doomed;
}

export interface Cast {
  readonly cast: ReadonlyMap<ActorName, Actor>;
  readonly foreign: Target;
  readonly group: string;
}

const setOwner = async (
  { database }: TestServer,
  { clientId }: TestClient,
  owner: TestUser | undefined,
): Promise<string> => {
  const em = database.em();
  const client = await em.findOneOrFail(Client, { clientId });
  client.owner = owner ? em.getReference(User, owner.uuid) : null;
  await em.flush();
  return client.id;
};

/** A client that any user may register. */
const PLAIN = { grantTypes: ['authorization_code' as const], scope: 'openid read', requirePkce: true };

async function targetOf(server: TestServer, user: TestUser, owner: TestUser | undefined): Promise<Target> {
  const client = await server.client(PLAIN);
  const row = await setOwner(server, client, owner);
  const [[token = ''] = []] = await issuedTokens(server.database, [
    { client: row, user: user.uuid, scopes: [['read']] },
  ]);
  const em = server.database.em();
  const event = em.create(AuditEvent, { kind: 'sign_out', at: theOperator().now, actorId: user.uuid, detail: {} });
  await em.persist(event).flush();
  const ids = { clientNode: prefixedId('cli', row), event: prefixedId('evt', event.id) };
  return { user: user.id, client: client.clientId, token, ...ids };
}

async function doomedOf(server: TestServer, owner: TestUser | undefined): Promise<Doomed> {
  const client = await server.client(PLAIN);
  await setOwner(server, client, owner);
  const group = await createGroup(server.database.em(), theOperator(), { name: unique('group') });
  const scope = await createScope(server.database.em(), theOperator(), {
    name: unique('scope'),
    description: 'See it',
  });
  const user = await server.user();
  return { user: user.id, group: prefixedId('grp', group.id), client: client.clientId, scope: scope.name };
}

async function actorOf(server: TestServer, name: ActorName, stranger: TestUser): Promise<Actor> {
  const { superuser, person, disabled, permissions, sets: wanted }: Role = WHO[name];
  const user = person ? await server.user({ superuser, permissions }) : undefined;
  const client = await server.client(person ? {} : { servicePermissions: permissions });
  const row = await setOwner(server, client, undefined);
  const sets = wanted === 'every' ? SCOPE_SETS : [BUILT_IN_SCOPES];
  const [tokens = []] = await issuedTokens(server.database, [{ client: row, user: user?.uuid ?? null, scopes: sets }]);
  // The tokens stay unrevoked, because disabling the account must be enough to invalidate them.
  if (user && disabled) await server.database.em().nativeUpdate(User, { id: user.uuid }, { disabled: true });
  return {
    tokens: new Map(sets.map((scopes, at) => [scopes.join(' '), tokens[at] ?? ''])),
    own: await targetOf(server, user ?? stranger, user),
    ownDoomed: await doomedOf(server, user),
    doomed: await doomedOf(server, stranger),
  };
}

/** All callers with their tokens, their own objects and objects they may delete; and the objects of another user. */
export async function castOf(server: TestServer, names = Object.keys(WHO) as readonly ActorName[]): Promise<Cast> {
  const stranger = await server.user();
  const group = await createGroup(server.database.em(), theOperator(), { name: unique('group') });
  const cast = new Map<ActorName, Actor>();
  for (const name of names) cast.set(name, await actorOf(server, name, stranger));
  return { cast, foreign: await targetOf(server, stranger, stranger), group: prefixedId('grp', group.id) };
}
