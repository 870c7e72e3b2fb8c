import { SECRET_KEY } from '../../test/support/database.ts';
import { type Nodes, startNodes } from '../../test/support/nodes.ts';
import { createDatabase } from '../peers/measured-server.ts';
import type { BenchPostgres } from '../peers/postgres.ts';

/** Starts server processes on a new database, for limits that stop or overload them. */
export async function withNodes<T>(
  postgres: BenchPostgres,
  name: string,
  count: number,
  use: (nodes: Nodes) => Promise<T>,
): Promise<T> {
  const { url } = await createDatabase(postgres, name);
  const env = { DATABASE_URL: url, SECRET_KEY, LOG_LEVEL: 'error', NODE_ENV: 'production' };
  const nodes = await startNodes(env, count);
  try {
    return await use(nodes);
  } finally {
    await nodes.stop();
  }
}
