import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/**
 * Hears what is told on a channel, each time when the transaction that told it has been committed. `lost` is called when
 * nothing more can be heard; resolves, once it hears, with what ends it.
 */
export type Listen = (
  channel: string,
  heard: (payload: string) => void,
  lost: (error: Error) => void,
) => Promise<() => Promise<void>>;

/** On a connection of its own: what was told while there was none is not told again. */
export const listenOverPool =
  (pool: Pool): Listen =>
  async (channel, heard, lost) => {
    const client = await pool.connect();
    let open = true;
    const close = () => {
      if (open) client.release(true);
      open = false;
    };
    client.on('notification', ({ payload = '' }) => heard(payload));
    client.on('error', (error) => {
      if (open) lost(error);
      close();
    });
    try {
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      close();
      throw error;
    }
    return async () => close();
  };

/** The embedded database tells within the process, and is never lost. */
export const listenOverPglite =
  (database: PGlite): Listen =>
  (channel, heard) =>
    database.listen(channel, heard);
