import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/**
 * Listens on a channel. `onNotification` is called after the notifying transaction commits, `onLost` when the connection is
 * lost. Resolves when it listens, with a function that stops it.
 */
export type Listen = (
  channel: string,
  onNotification: (payload: string) => void,
  onLost: (error: Error) => void,
) => Promise<() => Promise<void>>;

/** Listens on a dedicated connection. Notifications that are sent while it is down are not repeated. */
export const listenOverPool =
  (pool: Pool): Listen =>
  async (channel, onNotification, onLost) => {
    const client = await pool.connect();
    let open = true;
    const close = () => {
      if (open) client.release(true);
      open = false;
    };
    client.on('notification', ({ payload = '' }) => onNotification(payload));
    client.on('error', (error) => {
      if (open) onLost(error);
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

/** The embedded database notifies within the process, so the connection cannot be lost. */
export const listenOverPglite =
  (database: PGlite): Listen =>
  (channel, onNotification) =>
    database.listen(channel, onNotification);
