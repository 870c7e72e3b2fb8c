import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { groupsOf, USERNAMES, viewerQueries } from '../load/graphql-workloads.ts';
import { clientCredentials, introspections } from '../load/oauth-workloads.ts';
import { type EmptyDatabase, type MeasuredServer, startProcesses } from './measured-server.ts';

const ENDPOINT = { path: '/', clientId: 'bench', secret: 'a secret' };
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

async function insertRows(url: string, text: string, rowsOfValues: readonly unknown[][]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (const values of rowsOfValues) await client.query(text, values);
  await client.end();
}

async function start(name: string, file: string, variant: string, { url, database }: EmptyDatabase) {
  const { ports, pids, stop } = await startProcesses(file, { DATABASE_URL: url, VARIANT: variant });
  return { name, ports, pids, database, stop };
}

/** Koa that parses a form and responds. */
export async function koaAlone(emptyDatabase: EmptyDatabase): Promise<MeasuredServer> {
  const server = await start('Koa alone', 'bench/peers/servers/koa.ts', 'bare', emptyDatabase);
  const workload = clientCredentials(ENDPOINT);
  const accepts = (_connection: number, status: number) => status === 200;
  return { ...server, workloads: { client_credentials: async () => ({ next: workload.next, accepts }) } };
}

/** Koa that also writes one row with a prepared statement. */
export async function koaInsert(emptyDatabase: EmptyDatabase): Promise<MeasuredServer> {
  const server = await start('Koa + INSERT', 'bench/peers/servers/koa.ts', 'insert', emptyDatabase);
  return { ...server, workloads: { client_credentials: async () => clientCredentials(ENDPOINT) } };
}

/** Koa that reads one row with a prepared statement. */
export async function koaSelect(emptyDatabase: EmptyDatabase): Promise<MeasuredServer> {
  const server = await start('Koa + SELECT', 'bench/peers/servers/koa.ts', 'select', emptyDatabase);
  const tokens = Array.from({ length: 1000 }, () => randomBytes(32).toString('base64url'));
  await insertRows(
    emptyDatabase.url,
    `INSERT INTO tokens SELECT gen_random_uuid(), $1, 'client', '{read}', now(), now() + interval '1 day'`,
    tokens.map((token) => [digest(token)]),
  );
  return { ...server, workloads: { introspection: async () => introspections(ENDPOINT, tokens, 'unknown') } };
}

/** Yoga behind Koa, with Pothos, that reads one row for the bearer token. */
export async function yogaSelect(emptyDatabase: EmptyDatabase): Promise<MeasuredServer> {
  const server = await start('yoga + SELECT', 'bench/peers/servers/yoga.ts', '', emptyDatabase);
  const bearers = USERNAMES.map((username) => ({ username, token: randomBytes(32).toString('base64url') }));
  await insertRows(
    emptyDatabase.url,
    'INSERT INTO viewers VALUES ($1, $2, $3)',
    bearers.map(({ token, username }, index) => [digest(token), username, groupsOf(index)]),
  );
  return { ...server, workloads: { viewer: async () => viewerQueries(bearers) } };
}
