import type { Sql } from '../../../src/store/connection/sql.ts';

/** Replaces src/store/connection/shared-statement.ts: each request runs its own statement. */
export const batched =
  <Input, Output>(run: (sql: Sql, inputs: readonly Input[]) => Promise<readonly Output[]>) =>
  async (sql: Sql, input: Input): Promise<Output> =>
    (await run(sql, [input]))[0] as Output;

export const inOrder = <Row>(_count: number, rows: readonly Row[]): readonly (Row | undefined)[] => [rows[0]];
