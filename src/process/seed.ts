import type { Config } from '../config.ts';
import type { Actor } from '../directory/actor.ts';
import { OPERATOR } from '../directory/permissions.ts';
import { registerUser } from '../directory/register-user.ts';
import { registerClient } from '../oauth/registration/register.ts';
import { BUILT_IN_SCOPES } from '../oauth/scopes/scope.ts';
import type { Database } from '../store/connection/database.ts';
import { entityManager } from '../store/connection/orm.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { statement } from '../store/connection/sql.ts';
import { ADMIN, CLIENT, findSeededUsers, USER } from './demo-credentials.ts';

const findOtherUser = statement<{ username: string }>(
  'find-user-not-seeded',
  'SELECT username FROM users WHERE NOT seeded ORDER BY created_at, id LIMIT 1',
);
const findSeededClients = statement<{ client_id: string }>(
  'find-seeded-clients',
  'SELECT client_id FROM clients WHERE seeded',
);

/** Creates the demo data and leaves what already exists unchanged. Returns the names of what was created. */
export async function seed(database: Database, config: Config, now: Date): Promise<string[]> {
  if (!config.issuerIsLoopback)
    throw new Refusal(
      `The demo data has well-known passwords, so it needs a loopback ISSUER. ISSUER is ${config.issuer}.`,
    );
  const [other] = await database.sql(findOtherUser, []);
  if (other)
    throw new Refusal(
      `This database already has users (${other.username}). Demo data needs an empty database: set another DATA_DIR.`,
    );

  const actor: Actor = { caller: OPERATOR, now, origin: { ip: undefined, requestId: undefined } };
  const usernames = new Set((await database.sql(findSeededUsers, [])).map(({ username }) => username));
  const clientIds = new Set((await database.sql(findSeededClients, [])).map(({ client_id }) => client_id));
  const made: string[] = [];
  for (const user of [ADMIN, USER]) {
    if (usernames.has(user.username)) continue;
    await registerUser(entityManager(database), actor, { ...user, seeded: true });
    made.push(user.username);
  }
  if (!clientIds.has(CLIENT.clientId)) {
    await seedClient(database, actor);
    made.push(CLIENT.clientId);
  }
  return made;
}

/** A client that works with the tutorials of other servers: it has every grant, no PKCE and an optional redirect URI. */
async function seedClient(database: Database, actor: Actor): Promise<void> {
  const registration = {
    name: 'Test client',
    grantTypes: ['authorization_code', 'password', 'client_credentials', 'refresh_token', 'implicit'],
    redirectUris: ['https://www.example.com'],
    scope: BUILT_IN_SCOPES.join(' '),
    defaultScopes: ['read', 'write', 'groups'],
    requirePkce: false,
    redirectUriOptional: true,
  } as const;
  await registerClient(entityManager(database), actor, registration, { ...CLIENT, seeded: true });
}
