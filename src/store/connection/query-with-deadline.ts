import type { Pool, PoolClient, QueryConfig } from 'pg';

/** Its types leave out the number of the server's process that serves it. */
type Served = PoolClient & { readonly processID?: number | null };

/** Runs a query that the server is told to cancel at the deadline. */
export async function queryWithDeadline(
  pool: Pool,
  query: QueryConfig,
  deadline: AbortSignal,
): Promise<{ rows: unknown[] }> {
  deadline.throwIfAborted();
  const client: Served = await pool.connect();
  let cancelled: Promise<unknown> | undefined;
  const cancel = () => {
    const request = { text: 'SELECT pg_cancel_backend($1::int)', values: [client.processID] };
    // Without a connection to spare, the server's own limit ends the query.
    cancelled = pool.query(request).catch(() => {});
  };
  client.on('error', lost);
  deadline.addEventListener('abort', cancel);
  try {
    deadline.throwIfAborted();
    return await client.query(query);
  } catch (error) {
    throw deadline.aborted ? deadline.reason : error;
  } finally {
    deadline.removeEventListener('abort', cancel);
    // Only then may somebody else use the connection: it is this query that is to be cancelled.
    await cancelled;
    client.off('error', lost);
    client.release();
  }
}

/** The query under way has been told, and the pool lets go of such a connection. */
const lost = (): void => {};
