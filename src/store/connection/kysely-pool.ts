import type { PostgresPool } from 'kysely';
import type { Pool } from 'pg';

/**
 * The pool as kysely may use it. Kysely (0.29) does not release a connection whose BEGIN, COMMIT or ROLLBACK throws, and these
 * throw when the connection is lost. `pg.Pool` would then count it as lent for ever. Here a lost connection leaves the pool at
 * once, whoever holds it. `Client` is left out, so that cancellations use a pooled connection, whose errors are handled.
 */
export const kyselyPool = (pool: Pool): PostgresPool => ({
  options: pool.options,
  end: () => pool.end(),
  async connect() {
    const client = await pool.connect();
    const { release } = client;
    let lent = true;
    const releaseOnce = (error?: Error) => {
      if (!lent) return;
      lent = false;
      client.off('end', lost);
      release(error);
    };
    const lost = () => releaseOnce(new Error('The connection was lost'));
    client.once('end', lost);
    client.release = () => releaseOnce();
    return client as Awaited<ReturnType<PostgresPool['connect']>>;
  },
});
