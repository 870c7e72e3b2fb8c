import type { PostgresClientConstructor, PostgresPool } from 'kysely';
import type { Connections } from './pool-share.ts';

/** What kysely needs of a pool. */
export type LendingPool = Pick<Connections, 'options' | 'Client' | 'connect' | 'end'>;

/**
 * The pool as kysely may use it. Kysely (0.29) does not release a connection whose BEGIN, COMMIT or ROLLBACK throws, and these
 * throw when the connection is lost. `pg.Pool` would then count it as in use forever. Here a lost connection leaves the pool at
 * once, even while it is in use.
 */
export const kyselyPool = (pool: LendingPool): PostgresPool => ({
  Client: cancellingClient(pool),
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

/** Cancels a statement over its own connection. Without a listener, the loss of that connection would end the process. */
function cancellingClient({ Client: PgClient }: LendingPool): PostgresClientConstructor {
  return class extends PgClient {
    constructor(options: object) {
      super(options);
      this.on('error', () => {});
    }
  } as unknown as PostgresClientConstructor;
}
