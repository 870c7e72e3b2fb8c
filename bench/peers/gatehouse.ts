import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { digest, makeSecret } from '../../src/crypto/secrets.ts';
import { addGroupMember } from '../../src/directory/group-members.ts';
import { createGroup } from '../../src/directory/groups.ts';
import { registerUser } from '../../src/directory/register-user.ts';
import { registerClient } from '../../src/oauth/registration/register.ts';
import { BUILT_IN_SCOPES } from '../../src/oauth/scopes/scope.ts';
import { statement } from '../../src/store/connection/sql.ts';
import { type DatabaseWithEm, openDatabase } from '../../test/support/database-with-em.ts';
import { theOperator } from '../../test/support/fixtures.ts';
import { codeFlows, signedIn } from '../load/code-flow-workload.ts';
import { type Bearer, GROUPS, groupsOf, USERNAMES, userQueries, viewerQueries } from '../load/graphql-workloads.ts';
import {
  clientCredentials,
  codeExchanges,
  type Endpoint,
  introspections,
  passwordGrants,
  refreshes,
} from '../load/oauth-workloads.ts';
import { type EmptyDatabase, type MeasuredServer, startProcesses } from './measured-server.ts';

const PASSWORD = 'correct horse battery';
const SCOPES = ['profile', 'read', 'groups'];
const HOUR = 3_600_000;

/** Inserts many authorizations, as the browser's part of the flow leaves them, each with one code or token. */
const insertWithSecret = (kind: string, table: string, columns: string, values: string) =>
  statement<never>(
    `bench-${kind}`,
    `WITH inserted AS (
       INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at)
       SELECT v.id, $2, v.user_id, 'authorization_code', $3, $4, $5 FROM unnest($1::uuid[], $8::uuid[]) AS v (id, user_id)
     )
     INSERT INTO ${table} (id, digest, authorization_id, created_at, expires_at ${columns})
     SELECT v.id, v.digest, v.authorization_id, $4, $5 ${values}
     FROM unnest($1::uuid[], $6::uuid[], $7::bytea[]) AS v (authorization_id, id, digest)`,
  );
const INSERTS = {
  gac: insertWithSecret('codes', 'authorization_codes', ', redirect_uri', ", 'https://client.example/cb'"),
  gat: insertWithSecret('access-tokens', 'access_tokens', ', scopes', ', $3'),
  grt: insertWithSecret('refresh-tokens', 'refresh_tokens', '', ''),
};

interface Directory {
  readonly database: DatabaseWithEm;
  readonly client: { readonly id: string; readonly clientId: string; readonly secret: string };
  readonly users: readonly { readonly id: string; readonly username: string }[];
}

async function createDirectory(url: string): Promise<Directory> {
  const database = await openDatabase({ url });
  const { client, secret = '' } = await registerClient(database.em(), theOperator(), {
    name: 'Bench',
    grantTypes: ['authorization_code', 'refresh_token', 'password', 'client_credentials'],
    redirectUris: ['https://client.example/cb'],
    scope: BUILT_IN_SCOPES.join(' '),
    requirePkce: false,
    servicePermissions: ['INTROSPECT'],
  });
  const groups = new Map<string, string>();
  for (const name of GROUPS)
    groups.set(name, (await createGroup(database.em(), theOperator(), { name, permissions: [] })).id);
  const users: { id: string; username: string }[] = [];
  for (const [index, username] of USERNAMES.entries()) {
    const { id } = await registerUser(database.em(), theOperator(), { username, password: PASSWORD });
    for (const group of groupsOf(index))
      await addGroupMember(database.em(), theOperator(), groups.get(group) ?? '', id);
    users.push({ id, username });
  }
  return { database, client: { id: client.id, clientId: client.clientId, secret }, users };
}

/** Creates secrets of this kind, a thousand at a time. They belong to the users in turn. */
async function createSecrets(
  { database, client, users }: Directory,
  kind: keyof typeof INSERTS,
  count: number,
): Promise<Bearer[]> {
  const created: Bearer[] = [];
  while (created.length < count) {
    const batch = Array.from({ length: Math.min(1000, count - created.length) }, (_, index) => ({
      token: makeSecret(kind),
      ...users[(created.length + index) % users.length]!,
    }));
    const ids = () => batch.map(() => randomUUIDv7());
    const now = new Date();
    await database.sql(INSERTS[kind], [
      ids(),
      client.id,
      SCOPES,
      now,
      new Date(now.getTime() + HOUR),
      ids(),
      batch.map(({ token }) => digest(token)),
      batch.map(({ id }) => id),
    ]);
    created.push(...batch);
  }
  return created;
}

async function start(
  name: string,
  { url, database }: EmptyDatabase,
  count: number,
  settings: Record<string, string>,
  file = 'src/server.ts',
) {
  const env = {
    DATABASE_URL: url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ISSUER: 'http://localhost',
    RATE_LIMITS: 'off',
    ...settings,
  };
  const { ports, pids, stop, processes } = await startProcesses(file, env, count);
  const directory = await createDirectory(url);
  const at = (path: string): Endpoint => ({ path, ...directory.client });
  const bearers = await createSecrets(directory, 'gat', 100);
  const server: MeasuredServer = {
    name,
    ports,
    pids,
    database,
    workloads: {
      client_credentials: async () => clientCredentials(at('/oauth/token')),
      refresh: async ({ connections }) =>
        refreshes(
          at('/oauth/token'),
          (await createSecrets(directory, 'grt', connections)).map(({ token }) => token),
        ),
      code: async ({ requests }) =>
        codeExchanges(
          at('/oauth/token'),
          (await createSecrets(directory, 'gac', requests)).map(({ token }) => token),
        ),
      codeFlow: async ({ connections }) =>
        codeFlows(
          at('/oauth/token'),
          await signedIn(ports, directory.client, USERNAMES.slice(0, connections), PASSWORD),
        ),
      introspection: async () =>
        introspections(
          at('/oauth/introspect'),
          (await createSecrets(directory, 'gat', 1000)).map(({ token }) => token),
          makeSecret('gat'),
        ),
      viewer: async () => viewerQueries(bearers),
      users: async () => userQueries(bearers),
      password: async () =>
        passwordGrants(
          at('/oauth/token'),
          USERNAMES.map((username) => ({ username, password: PASSWORD })),
        ),
    },
    async stop() {
      await directory.database.close();
      await stop();
      const stderr = processes.map(({ stderr }) => stderr).join('');
      if (stderr !== '') console.error(`${name} wrote to stderr: ${stderr.slice(0, 2000)}`);
    },
  };
  return server;
}

export const gatehouse = (
  emptyDatabase: EmptyDatabase,
  settings: Record<string, string> = {},
): Promise<MeasuredServer> => start('Gatehouse', emptyDatabase, 1, settings);
export const gatehouseTwoProcesses = (emptyDatabase: EmptyDatabase): Promise<MeasuredServer> =>
  start('Gatehouse, two processes', emptyDatabase, 2, {});
export const gatehouseWithRateLimits = (emptyDatabase: EmptyDatabase): Promise<MeasuredServer> =>
  start('Gatehouse, rate limits on', emptyDatabase, 1, { RATE_LIMITS: 'on' });
/** For measuring the gain of shared statements. */
export const gatehouseUnshared = (emptyDatabase: EmptyDatabase): Promise<MeasuredServer> =>
  start('Gatehouse, nothing shared', emptyDatabase, 1, {}, 'bench/peers/servers/gatehouse-unshared.ts');
