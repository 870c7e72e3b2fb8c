import type { PoolClient, QueryConfig } from 'pg';
import type { Connections } from './pool-share.ts';

/** The types of `pg` leave out the id of the server process. */
type ClientWithProcess = PoolClient & { readonly processID?: number | null };

/** Runs a query. At the deadline it asks the server to cancel the query. */
export async function queryWithDeadline(
  pool: Connections,
  query: QueryConfig,
  deadline: AbortSignal,
): Promise<{ rows: unknown[] }> {
  deadline.throwIfAborted();
  const client: ClientWithProcess = await pool.connect();
  let cancelled: Promise<unknown> | undefined;
  const cancel = () => {
    // If no connection is free for this, the statement_timeout of the server ends the query.
    cancelled = pool.cancel(client.processID).catch(() => {});
  };
  client.on('error', ignore);
  deadline.addEventListener('abort', cancel);
  try {
    deadline.throwIfAborted();
    return await client.query(query);
  } catch (error) {
    throw deadline.aborted ? deadline.reason : error;
  } finally {
    deadline.removeEventListener('abort', cancel);
    // Wait before releasing the connection, so that the cancellation cannot hit the next query.
    await cancelled;
    client.off('error', ignore);
    client.release();
  }
}

/** The running query rejects with the error, and the pool removes the connection. */
const ignore = (): void => {};
