import { vi } from 'vitest';
import type { Administered } from '../support/administered.ts';

interface Native {
  query(...values: unknown[]): unknown;
  /** Of a pool: what its connections are made of. */
  readonly Client?: { readonly prototype: Native };
}

/** Runs `work` and returns how many statements the server's prepared path sent meanwhile. */
export async function countStatements(database: Administered, work: () => Promise<unknown>): Promise<number> {
  const native = database.client as unknown as Native;
  const spy = vi.spyOn(native.Client?.prototype ?? native, 'query');
  try {
    await work();
    // The entity manager's have no name on PostgreSQL; on the embedded database it has a way of its own.
    return spy.mock.calls.filter(([query]) => database.embedded || (query as { name?: string }).name !== undefined)
      .length;
  } finally {
    spy.mockRestore();
  }
}
