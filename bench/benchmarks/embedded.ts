import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatehouse as command } from '../../test/support/process.ts';
import { drive } from '../load/drive.ts';
import { clientCredentials } from '../load/oauth-workloads.ts';
import { startProcesses } from '../peers/measured-server.ts';
import { median, type Plan } from './rounds.ts';

export interface EmbeddedResult {
  /** A second: rows inserted by `pglite.query` in a process that does nothing else, and tokens issued by Gatehouse. */
  readonly rawInserts: number;
  readonly tokens: number;
  readonly failed: number;
}

/** Measures Gatehouse on its embedded database, alternately with plain inserts into another one. */
export async function measureEmbedded({ rounds, seconds, connections, warmUp }: Plan): Promise<EmbeddedResult> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const env = { DATA_DIR: join(directory, 'gatehouse'), ISSUER: 'http://localhost', RATE_LIMITS: 'off' };
  const options = ['--name', 'Bench', '--grant-type', 'client_credentials', '--scope', 'read', '--json'];
  const created = await command(['client', 'create', ...options], env);
  if (created.code !== 0) throw new Error(created.stderr);
  const { client_id: clientId, client_secret: secret } = JSON.parse(created.stdout) as Record<string, string>;

  const server = await startProcesses('src/server.ts', env);
  const raw = await startProcesses('bench/peers/servers/pglite.ts', { DATA_DIR: join(directory, 'raw') });
  const workload = clientCredentials({ path: '/oauth/token', clientId: clientId ?? '', secret: secret ?? '' });
  const load = { connections, seconds };
  const [inserts, tokens]: [number[], number[]] = [[], []];
  let failed = 0;
  try {
    await drive(server.ports, workload, { connections, seconds: warmUp });
    for (let round = 0; round < rounds; round++) {
      const response = await fetch(`http://127.0.0.1:${raw.ports[0]}/?connections=${connections}&seconds=${seconds}`);
      inserts.push(Number(await response.text()));
      const measured = await drive(server.ports, workload, load);
      if (measured.firstFailure !== undefined) console.error(measured.firstFailure);
      failed += measured.failed;
      tokens.push(measured.perSecond);
    }
  } finally {
    await server.stop();
    await raw.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  return { rawInserts: median(inserts), tokens: median(tokens), failed };
}
