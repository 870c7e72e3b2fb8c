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
import { ADMIN, CLIENT, findSeededUsers, PERSON } from './demo-credentials.ts';

const findOtherUser = statement<{ username: string }>(
  'find-user-not-seeded',
  'SELECT username FROM users WHERE NOT seeded ORDER BY created_at, id LIMIT 1',
);
const findSeededClients = statement<{ client_id: string }>(
  'find-seeded-clients',
  'SELECT client_id FROM clients WHERE seeded',
);

/** The demo data, always the same; what is there already stays as it is. Returns the names of what was made. */
export async function seed(database: Database, config: Config, now: Date): Promise<string[]> {
  if (!config.issuerIsLoopback)
    throw new Refusal(
      `The demo data has passwords that everybody knows: it is for this machine only, not for ${config.issuer}.`,
    );
  const [other] = await database.sql(findOtherUser, []);
  if (other)
    throw new Refusal(
      `This database already has users (${other.username}). Demo data needs an empty one: set another DATA_DIR.`,
    );

  const actor: Actor = { caller: OPERATOR, now, origin: { ip: undefined, requestId: undefined } };
  const people = new Set((await database.sql(findSeededUsers, [])).map(({ username }) => username));
  const clients = new Set((await database.sql(findSeededClients, [])).map(({ client_id }) => client_id));
  const made: string[] = [];
  for (const person of [ADMIN, PERSON]) {
    if (people.has(person.username)) continue;
    await registerUser(entityManager(database), actor, { ...person, seeded: true });
    made.push(person.username);
  }
  if (!clients.has(CLIENT.clientId)) {
    await seedClient(database, actor);
    made.push(CLIENT.clientId);
  }
  return made;
}

/** What the tutorials of other servers ask of a client: every grant, no PKCE, a redirect URI that may be left out. */
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
