import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test/support/postgres.ts';
import { run } from '../../test/support/process.ts';
import type { Catalog } from '../peers/catalog.ts';
import { createDatabase, residentMemory } from '../peers/measured-server.ts';
import { median } from './rounds.ts';

export interface StartResult {
  /** Milliseconds from the start of the process to its first 200, on a migrated database. */
  readonly gatehouse: number;
  readonly oidcProvider: number;
  /** Megabytes some seconds after the start, without requests. */
  readonly gatehouseIdle: number;
  readonly oidcProviderIdle: number;
}

const ROUNDS = 5;

/** Starts both servers alternately. */
export async function measureStart({ postgres }: Catalog): Promise<StartResult> {
  const { url } = await createDatabase(postgres, 'start');
  const servers = [
    {
      file: 'src/server.ts',
      path: '/readyz',
      env: { SECRET_KEY: randomBytes(32).toString('hex'), ISSUER: 'http://localhost' },
      times: [] as number[],
      idle: [] as number[],
    },
    {
      file: 'bench/peers/servers/oidc-provider.ts',
      path: '/.well-known/openid-configuration',
      env: {},
      times: [],
      idle: [],
    },
  ] as { file: string; path: string; env: Record<string, string>; times: number[]; idle: number[] }[];

  // The first round does not count, because it migrates the database.
  for (let round = 0; round <= ROUNDS; round++)
    for (const { file, path, env, times, idle } of servers) {
      const port = await freePort();
      const begun = performance.now();
      const server = run(file, [], { NODE_ENV: 'production', DATABASE_URL: url, ...env, PORT: String(port) });
      while (!(await isUp(port, path))) await pause(5);
      if (round > 0) times.push(performance.now() - begun);
      if (round === ROUNDS) {
        await pause(3000);
        idle.push(residentMemory([server.pid]));
      }
      server.kill('SIGTERM');
      await server.exit;
    }
  const [gatehouse, oidcProvider] = servers.map(({ times }) => median(times));
  const [gatehouseIdle, oidcProviderIdle] = servers.map(({ idle }) => idle[0] ?? 0);
  return {
    gatehouse: gatehouse ?? 0,
    oidcProvider: oidcProvider ?? 0,
    gatehouseIdle: gatehouseIdle ?? 0,
    oidcProviderIdle: oidcProviderIdle ?? 0,
  };
}

const isUp = (port: number, path: string): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    ({ status }) => status === 200,
    () => false,
  );
