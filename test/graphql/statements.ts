import { vi } from 'vitest';
import type { Database } from '../../src/store/orm.ts';

interface Native {
  query(...values: unknown[]): unknown;
}

/** Runs `work` and returns how many statements the server's prepared path sent meanwhile. */
export async function countStatements(database: Database, work: () => Promise<unknown>): Promise<number> {
  const connection = database.orm.em.getConnection() as unknown as { getNativeClient(): Promise<Native> };
  const spy = vi.spyOn(await connection.getNativeClient(), 'query');
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
