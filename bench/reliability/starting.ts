import { SECRET_KEY } from '../../test/support/database.ts';
import { startServerProcess } from '../../test/support/process.ts';
import { createDatabase } from '../peers/measured-server.ts';
import { ms } from '../report/format.ts';
import type { LimitResult, Setup } from './limits.ts';

/** Milliseconds. */
const LIMITS = { five: 10_000, migrated: 3000 };

/** Starts five processes at once on an empty database, of which one migrates it, and then one on the migrated database. */
export async function starting({ postgres }: Setup): Promise<LimitResult> {
  const { url } = await createDatabase(postgres, 'T14');
  const start = async () => {
    const begun = performance.now();
    const server = startServerProcess({ DATABASE_URL: url, SECRET_KEY, NODE_ENV: 'production' });
    const [, address = ''] = await server.printed(/ready at (\S+)\n/);
    const { status } = await fetch(`${address}/readyz`);
    return { server, status, took: performance.now() - begun };
  };
  const five = await Promise.all(Array.from({ length: 5 }, start));
  for (const { server } of five) server.kill('SIGTERM');
  await Promise.all(five.map(({ server }) => server.exit));
  const one = await start();
  one.server.kill('SIGTERM');
  await one.server.exit;
  const slowest = Math.max(...five.map(({ took }) => took));
  const ready = [...five, one].filter(({ status }) => status === 200).length;
  return {
    measured: `migrated database: ${ms(one.took)}; slowest of five on an empty one: ${ms(slowest)}; ${ready} of 6 ready`,
    met: ready === 6 && slowest <= LIMITS.five && one.took <= LIMITS.migrated,
  };
}
