import pg from 'pg';
import { vi } from 'vitest';
import type { DatabaseWithEm } from '../support/database-with-em.ts';

interface Native {
  query(...values: unknown[]): unknown;
}

/** Runs `work` and returns how many prepared statements the server sent during it. */
export async function countStatements(database: DatabaseWithEm, work: () => Promise<unknown>): Promise<number> {
  const native: unknown = database.embedded ? database.client : pg.Client.prototype;
  const spy = vi.spyOn(native as Native, 'query');
  try {
    await work();
    // Statements of the entity manager are not counted: on PostgreSQL they have no name, and PGlite runs them another way.
    return spy.mock.calls.filter(([query]) => database.embedded || (query as { name?: string }).name !== undefined)
      .length;
  } finally {
    spy.mockRestore();
  }
}
