import { vi } from 'vitest';
import type { DatabaseWithEm } from '../support/database-with-em.ts';

interface Native {
  query(...values: unknown[]): unknown;
  /** The client class of the pool's connections. */
  readonly Client?: { readonly prototype: Native };
}

/** Runs `work` and returns how many prepared statements the server sent during it. */
export async function countStatements(database: DatabaseWithEm, work: () => Promise<unknown>): Promise<number> {
  const native = database.client as unknown as Native;
  const spy = vi.spyOn(native.Client?.prototype ?? native, 'query');
  try {
    await work();
    // Statements of the entity manager are not counted: on PostgreSQL they have no name, and PGlite runs them another way.
    return spy.mock.calls.filter(([query]) => database.embedded || (query as { name?: string }).name !== undefined)
      .length;
  } finally {
    spy.mockRestore();
  }
}
