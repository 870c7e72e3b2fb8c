import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../test/support/postgres.ts';
import { drive, type Load, type Measured, type Workload } from '../load/drive.ts';
import { gatehouse } from '../peers/gatehouse.ts';
import { createDatabase, type MeasuredServer, type Operation } from '../peers/measured-server.ts';
import type { BenchPostgres } from '../peers/postgres.ts';

/** A Gatehouse server for one limit, with ways to observe it. */
export interface ProbedServer {
  readonly postgres: BenchPostgres;
  readonly server: MeasuredServer;
  /** Responses so far, and how many of them were a 5xx that is not allowed. */
  readonly tally: { requests: number; serverErrors: number };
  /** Event loop delay since the last call, in milliseconds. */
  lag(): Promise<{ readonly p99: number; readonly max: number }>;
  /** Megabytes of live objects, after a garbage collection. */
  heap(): Promise<number>;
  /** Megabytes that V8 has reserved for objects, used or not. */
  reserved(): Promise<number>;
  /** Resident memory in megabytes: now, and the maximum so far. */
  memory(): { readonly now: number; readonly maximum: number };
  descriptors(): number;
  /** Connections to PostgreSQL. */
  connections(): Promise<number>;
}

const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.ts')).href;

export async function withProbedServer<T>(
  postgres: BenchPostgres,
  name: string,
  use: (probed: ProbedServer) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const env = { NODE_OPTIONS: `--import=${PROBE}`, PROBE_PORT: String(port) };
  const server = await gatehouse(await createDatabase(postgres, name), env);
  const [pid = 0] = server.pids;
  const probe = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const kilobytes = (field: string) =>
    Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  try {
    return await use({
      postgres,
      server,
      tally: { requests: 0, serverErrors: 0 },
      lag: async () => (await probe('/lag')).lag,
      heap: async () => (await probe('/collect')).heap,
      reserved: async () => (await probe('/')).reserved,
      memory: () => ({ now: kilobytes('VmRSS'), maximum: kilobytes('VmHWM') }),
      descriptors: () => readdirSync(`/proc/${pid}/fd`).length,
      async connections() {
        const text = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1';
        return Number((await postgres.query(text, [server.database]))[0]?.n);
      },
    });
  } finally {
    await server.stop();
  }
}

/** The server's workload for this operation, with every response counted. With `mayRefuse`, 429 and 503 are correct too. */
export async function workloadFor(
  probed: ProbedServer,
  operation: Operation,
  connections: number,
  mayRefuse = false,
): Promise<Workload> {
  const make = probed.server.workloads[operation];
  if (!make) throw new Error(`${probed.server.name} does not support ${operation}`);
  // Only `code` needs requests prepared in advance, and no limit measures it: the code flow gets its codes as it goes.
  return counted(await make({ connections, requests: 0 }), probed, mayRefuse);
}

export async function send({ server }: ProbedServer, workload: Workload, load: Load): Promise<Measured> {
  const measured = await drive(server.ports, workload, load);
  if (measured.firstFailure !== undefined) console.error(measured.firstFailure);
  return measured;
}

const counted = (workload: Workload, { tally }: ProbedServer, mayRefuse: boolean): Workload => ({
  ...workload,
  accepts(connection, status, body) {
    const refused = mayRefuse && (status === 503 || status === 429);
    tally.requests++;
    if (status >= 500 && !refused) tally.serverErrors++;
    return refused || workload.accepts(connection, status, body);
  },
});
