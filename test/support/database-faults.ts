import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Nodes } from './nodes.ts';
import type { PostgresServer } from './postgres.ts';
import type { Answer } from './send.ts';
import { exchange, refreshing } from './token-forms.ts';

/** One node over a PostgreSQL that is ours to break. */
export interface Site {
  readonly postgres: PostgresServer;
  readonly nodes: Nodes;
}

export interface Fault {
  readonly name: string;
  /** Milliseconds within which a request that needs what is broken is told 503; without it nobody notices. */
  readonly within?: number;
  /** Breaks something; resolves with what mends it, and with the request that suffers if it is not any. */
  inject(site: Site): Promise<Injury>;
}

interface Injury {
  readonly struck?: () => Promise<Answer>;
  readonly mend: () => Promise<unknown>;
}

/** An operator's own session, beside the pool. */
async function session({ postgres }: Site): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url, application_name: 'operator' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

const terminate = (operator: pg.Client, state: string) =>
  operator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse' AND state ${state}`,
  );

export const anyToken = ({ nodes }: Site): Promise<Answer> =>
  nodes.post(0, '/oauth/token', { grant_type: 'client_credentials' });

/** A refresh token that nobody has used, and its row. */
async function family({ nodes }: Site): Promise<{ token: string; authorization: string }> {
  const { body } = await nodes.post(0, '/oauth/token', exchange(await nodes.newCode()));
  const sql = 'SELECT authorization_id AS id FROM refresh_tokens ORDER BY created_at DESC LIMIT 1';
  const [row] = await nodes.database.em().execute<{ id: string }[]>(sql);
  return { token: body.refresh_token, authorization: row?.id ?? '' };
}

/** Nobody is issued anything while this transaction is open. */
async function lockOut(site: Site): Promise<pg.Client> {
  const holder = await session(site);
  await holder.query('BEGIN; LOCK TABLE access_tokens IN ACCESS EXCLUSIVE MODE');
  return holder;
}

const set = async (site: Site, change: string): Promise<void> => {
  const operator = await session(site);
  await operator.query(`ALTER SYSTEM ${change}`);
  await operator.query('SELECT pg_reload_conf()');
  await operator.end();
  // Each session reads it before its next statement, once the signal has come through.
  await pause(100);
};

export const FAULTS: readonly Fault[] = [
  {
    name: 'PostgreSQL is stopped',
    within: 1000,
    async inject({ postgres }) {
      await postgres.halt();
      return { mend: postgres.start };
    },
  },
  {
    name: 'PostgreSQL is killed',
    within: 1000,
    async inject({ postgres }) {
      await postgres.kill();
      return { mend: postgres.start };
    },
  },
  {
    name: 'PostgreSQL stands still (SIGSTOP)',
    within: 5000,
    async inject({ postgres }) {
      postgres.freeze();
      return { mend: async () => postgres.thaw() };
    },
  },
  {
    name: 'idle connections are terminated',
    async inject(site) {
      const operator = await session(site);
      await terminate(operator, "= 'idle'");
      return { mend: () => operator.end() };
    },
  },
  {
    name: 'the connection of a request under way is terminated',
    within: 1000,
    async inject(site) {
      const holder = await lockOut(site);
      return {
        async struck() {
          const asked = anyToken(site);
          await pause(300);
          await terminate(holder, "= 'active'");
          return asked;
        },
        mend: () => holder.end(),
      };
    },
  },
  {
    name: 'every connection of the pool waits',
    within: 1000,
    async inject(site) {
      const holder = await lockOut(site);
      const waiting = Array.from({ length: 10 }, () => anyToken(site));
      await pause(300);
      return {
        struck: () => anyToken(site),
        async mend() {
          await holder.end();
          await Promise.all(waiting);
        },
      };
    },
  },
  {
    name: 'one row is locked for half a minute',
    within: 2500,
    async inject(site) {
      const { token, authorization } = await family(site);
      const holder = await session(site);
      await holder.query('BEGIN');
      await holder.query('SELECT FROM authorizations WHERE id = $1 FOR UPDATE', [authorization]);
      return {
        async struck() {
          const [refused, other] = await Promise.all([
            site.nodes.post(0, '/oauth/token', refreshing(token)),
            anyToken(site),
          ]);
          if (other.status !== 200) throw new Error(`Another row was not to be had either: ${other.status}`);
          return refused;
        },
        async mend() {
          await holder.end();
          const { status } = await site.nodes.post(0, '/oauth/token', refreshing(token));
          if (status !== 200) throw new Error(`The row was not to be had afterwards: ${status}`);
        },
      };
    },
  },
  {
    name: 'a deadlock (40P01)',
    within: 2500,
    async inject(site) {
      const { token, authorization } = await family(site);
      const holder = await session(site);
      // It is the server's statement that looks for the deadlock first, and gives way.
      await holder.query("SET deadlock_timeout = '20s'; BEGIN");
      await holder.query('SELECT FROM authorizations WHERE id = $1 FOR UPDATE', [authorization]);
      return {
        async struck() {
          const asked = site.nodes.post(0, '/oauth/token', refreshing(token));
          await pause(300);
          await holder.query('SELECT FROM refresh_tokens WHERE authorization_id = $1 FOR UPDATE', [authorization]);
          return asked;
        },
        mend: () => holder.end(),
      };
    },
  },
  {
    name: 'the database is read-only',
    within: 1000,
    async inject(site) {
      await set(site, 'SET default_transaction_read_only = on');
      return { mend: () => set(site, 'RESET default_transaction_read_only') };
    },
  },
  {
    name: 'max_connections is reached',
    within: 1000,
    async inject(site) {
      const [operator, taken] = [await session(site), [] as pg.Client[]];
      await terminate(operator, 'IS NOT NULL');
      for (let full = false; !full; )
        await session(site).then(
          (client) => void taken.push(client),
          () => {
            full = true;
          },
        );
      return { mend: () => Promise.all([operator, ...taken].map((client) => client.end())) };
    },
  },
];
