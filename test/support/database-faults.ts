import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { anyToken, family, lockAccessTokens, type Site, session, set, terminate } from './fault-site.ts';
import type { TestResponse } from './send.ts';
import { refreshing } from './token-forms.ts';

export interface Fault {
  readonly name: string;
  /** Milliseconds within which affected requests must get 503. Undefined if no request may be affected. */
  readonly within?: number;
  /** Injects the fault. Returns its repair, and the affected request if not every request is affected. */
  inject(site: Site): Promise<Injection>;
}

interface Injection {
  readonly affected?: () => Promise<TestResponse>;
  readonly repair: () => Promise<unknown>;
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'PostgreSQL is stopped',
    within: 1000,
    async inject({ postgres }) {
      await postgres.halt();
      return { repair: postgres.start };
    },
  },
  {
    name: 'PostgreSQL is killed',
    within: 1000,
    async inject({ postgres }) {
      await postgres.kill();
      return { repair: postgres.start };
    },
  },
  {
    name: 'PostgreSQL hangs (SIGSTOP)',
    within: 5000,
    async inject({ postgres }) {
      postgres.freeze();
      return { repair: async () => postgres.thaw() };
    },
  },
  {
    name: 'idle connections are terminated',
    async inject(site) {
      const operator = await session(site);
      await terminate(operator, "= 'idle'");
      // Time for the pool to notice the closed connections. An earlier request would get 503.
      await pause(100);
      return { repair: () => operator.end() };
    },
  },
  {
    name: 'the connection of a running request is terminated',
    within: 1000,
    async inject(site) {
      const holder = await lockAccessTokens(site);
      return {
        async affected() {
          const pending = anyToken(site);
          await pause(300);
          await terminate(holder, "= 'active'");
          return pending;
        },
        repair: () => holder.end(),
      };
    },
  },
  {
    name: 'all connections of the pool wait for a lock',
    within: 1000,
    async inject(site) {
      // Refreshes, because each runs its own statement.
      const tokens: string[] = [];
      while (tokens.length < 10) tokens.push((await family(site)).token);
      const holder = await lockAccessTokens(site);
      const waiting = tokens.map((token) => site.nodes.post(0, '/oauth/token', refreshing(token)));
      await pause(300);
      return {
        affected: () => anyToken(site),
        async repair() {
          await holder.end();
          await Promise.all(waiting);
        },
      };
    },
  },
  {
    name: 'one row is locked for 30 seconds',
    within: 2500,
    async inject(site) {
      const { token, authorization } = await family(site);
      const holder = await session(site);
      await holder.query('BEGIN');
      await holder.query('SELECT FROM authorizations WHERE id = $1 FOR UPDATE', [authorization]);
      return {
        async affected() {
          const [refused, other] = await Promise.all([
            site.nodes.post(0, '/oauth/token', refreshing(token)),
            anyToken(site),
          ]);
          if (other.status !== 200) throw new Error(`A request for another row failed as well: ${other.status}`);
          return refused;
        },
        async repair() {
          await holder.end();
          const { status } = await site.nodes.post(0, '/oauth/token', refreshing(token));
          if (status !== 200) throw new Error(`The request failed after the lock was released: ${status}`);
        },
      };
    },
  },
  {
    // Below the lock timeout.
    name: 'a deadlock (40P01)',
    within: 1900,
    async inject(site) {
      const { token, authorization } = await family(site);
      const holder = await session(site);
      // The server's statement detects the deadlock first and is cancelled.
      await holder.query("SET deadlock_timeout = '20s'; BEGIN");
      await holder.query('SELECT FROM refresh_tokens WHERE authorization_id = $1 FOR UPDATE', [authorization]);
      return {
        async affected() {
          const pending = site.nodes.post(0, '/oauth/token', refreshing(token));
          await pause(300);
          await holder.query('SELECT FROM authorizations WHERE id = $1 FOR UPDATE', [authorization]);
          return pending;
        },
        repair: () => holder.end(),
      };
    },
  },
  {
    name: 'a serialization failure (40001)',
    within: 1000,
    async inject(site) {
      const { token, authorization } = await family(site);
      await set(site, "SET default_transaction_isolation = 'serializable'");
      const holder = await session(site);
      await holder.query('BEGIN');
      await holder.query('UPDATE refresh_tokens SET used_at = used_at WHERE authorization_id = $1', [authorization]);
      return {
        async affected() {
          const pending = site.nodes.post(0, '/oauth/token', refreshing(token));
          await pause(300);
          await holder.query('COMMIT');
          return pending;
        },
        async repair() {
          await holder.end();
          await set(site, 'RESET default_transaction_isolation');
        },
      };
    },
  },
  {
    name: 'the database is read-only',
    within: 1000,
    async inject(site) {
      await set(site, 'SET default_transaction_read_only = on');
      return { repair: () => set(site, 'RESET default_transaction_read_only') };
    },
  },
  {
    name: 'max_connections is reached',
    within: 1000,
    async inject(site) {
      const [operator, taken] = [await session(site), [] as pg.Client[]];
      // The server may connect again while the connections are taken. It must have none of them in the end.
      for (let left = 1; left > 0; ) {
        left = (await terminate(operator, 'IS NOT NULL')).rowCount ?? 0;
        for (let full = false; !full; )
          await session(site).then(
            (client) => void taken.push(client),
            () => {
              full = true;
            },
          );
      }
      return { repair: () => Promise.all([operator, ...taken].map((client) => client.end())) };
    },
  },
];
