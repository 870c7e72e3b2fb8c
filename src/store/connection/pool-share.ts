import type { Client, PoolClient, QueryConfig } from 'pg';
import { Overloaded } from '../../overloaded.ts';
import { CONNECT_TIMEOUT, type OpenPool } from './connection-pool.ts';
import { Slots } from './slots.ts';

/** A pool, or a share of it. */
export interface Connections {
  readonly options: OpenPool['options'];
  /** The class of its connections. */
  readonly Client: typeof Client;
  connect(): Promise<PoolClient>;
  query(query: QueryConfig): Promise<{ rows: unknown[] }>;
  /** Asks the server to cancel what the connection with this process id is running. Uses a connection beyond the share. */
  cancel(processId: number | null | undefined): Promise<unknown>;
  end(): Promise<void>;
}

export const wholePool = (pool: OpenPool): Connections => ({
  options: pool.options,
  Client: (pool as unknown as Pick<Connections, 'Client'>).Client,
  connect: () => pool.connect(),
  query: (query) => pool.query(query),
  cancel: (processId) => pool.query({ text: 'SELECT pg_cancel_backend($1::int)', values: [processId] }),
  end: () => pool.end(),
});

/** At most `size` connections of the pool at a time. As with the pool, a caller waits 900 ms for one and then gets an error. */
export function shareOf(pool: Connections, size: number): Connections {
  const slots = new Slots(size);
  const acquire = async (): Promise<void> => {
    if (slots.tryAcquire()) return;
    const controller = new AbortController();
    const giveUp = () => controller.abort(new Overloaded('all connections of this share of the pool are in use'));
    const timer = setTimeout(giveUp, CONNECT_TIMEOUT);
    try {
      await slots.acquire(controller.signal);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    ...pool,
    async query(query) {
      await acquire();
      try {
        return await pool.query(query);
      } finally {
        slots.release();
      }
    },
    async connect() {
      await acquire();
      try {
        return releasing(await pool.connect(), () => slots.release());
      } catch (error) {
        slots.release();
        throw error;
      }
    },
  };
}

/** Calls `then` after the connection has been returned to the pool. The pool sets `release` anew each time it lends it. */
function releasing(client: PoolClient, then: () => void): PoolClient {
  const { release } = client;
  client.release = (error) => {
    release(error);
    then();
  };
  return client;
}
