import { randomBytes } from 'node:crypto';
import type { Actor } from '../../src/directory/actor.ts';
import { addGroupMember } from '../../src/directory/group-members.ts';
import { createGroup } from '../../src/directory/groups.ts';
import { OPERATOR, type Permission } from '../../src/directory/permissions.ts';
import { type NewUser, registerUser } from '../../src/directory/register-user.ts';
import type { ClientRegistration } from '../../src/oauth/registration/metadata.ts';
import { BUILT_IN_SCOPES } from '../../src/oauth/scopes/scope.ts';
import { prefixedId } from '../../src/store/prefixed-id.ts';
import type { DatabaseWithEm } from './database-with-em.ts';
import { keepSecret } from './seen-secrets.ts';

export interface TestClient {
  readonly clientId: string;
  /** Empty for a public client. */
  readonly secret: string;
}

export interface TestUser {
  /** The id in the API, `usr_…`. */
  readonly id: string;
  readonly uuid: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export type TestUserOptions = Partial<NewUser> & { readonly permissions?: readonly Permission[] };

/** A name that no other test uses. */
export const unique = (word: string): string => `${word}-${randomBytes(5).toString('hex')}`;

/** An operator who runs a command now. */
export const theOperator = (): Actor => ({
  caller: OPERATOR,
  now: new Date(),
  origin: { ip: undefined, requestId: undefined },
});

export const testRegistration = (): ClientRegistration => ({
  name: unique('Test app'),
  grantTypes: ['authorization_code', 'refresh_token', 'password', 'client_credentials'],
  redirectUris: ['https://client.example/cb'],
  scope: BUILT_IN_SCOPES.join(' '),
  requirePkce: false,
});

export async function registerTestUser(
  database: DatabaseWithEm,
  { permissions, ...fields }: TestUserOptions,
): Promise<TestUser> {
  const username = fields.username ?? unique('user');
  const email = fields.email ?? `${username}@example.com`;
  const password = fields.password ?? 'correct horse battery';
  keepSecret(password);
  const { id: uuid } = await registerUser(database.em(), theOperator(), { ...fields, username, email, password });
  if (permissions) {
    const group = await createGroup(database.em(), theOperator(), { name: unique('group'), permissions });
    await addGroupMember(database.em(), theOperator(), group.id, uuid);
  }
  return { id: prefixedId('usr', uuid), uuid, username, email, password };
}
