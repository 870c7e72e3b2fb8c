import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Nodes } from './nodes.ts';
import type { PostgresServer } from './postgres.ts';
import type { TestResponse } from './send.ts';
import { exchange } from './token-forms.ts';

/** One node, and a PostgreSQL server into which faults can be injected. */
export interface Site {
  readonly postgres: PostgresServer;
  readonly nodes: Nodes;
}

/** A session outside the pool. */
export async function operatorSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'operator' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

export const session = ({ postgres }: Site): Promise<pg.Client> => operatorSession(postgres.url);

export const terminate = (operator: pg.Client, state: string) =>
  operator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse' AND state ${state}`,
  );

export const anyToken = ({ nodes }: Site): Promise<TestResponse> =>
  nodes.post(0, '/oauth/token', { grant_type: 'client_credentials' });

/** An unused refresh token and the id of its authorization. */
export async function family({ nodes }: Site): Promise<{ token: string; authorization: string }> {
  const { body } = await nodes.post(0, '/oauth/token', exchange(await nodes.newCode()));
  const sql = 'SELECT authorization_id AS id FROM refresh_tokens ORDER BY created_at DESC LIMIT 1';
  const [row] = await nodes.database.em().execute<{ id: string }[]>(sql);
  return { token: body.refresh_token, authorization: row?.id ?? '' };
}

/** Locks the table, so that no token can be issued while the transaction is open. */
export async function lockAccessTokens(site: Site): Promise<pg.Client> {
  const holder = await session(site);
  await holder.query('BEGIN; LOCK TABLE access_tokens IN ACCESS EXCLUSIVE MODE');
  return holder;
}

export const set = async (site: Site, change: string): Promise<void> => {
  const operator = await session(site);
  await operator.query(`ALTER SYSTEM ${change}`);
  await operator.query('SELECT pg_reload_conf()');
  await operator.end();
  // Sessions read the setting before their next statement, once the signal has arrived.
  await pause(100);
};
