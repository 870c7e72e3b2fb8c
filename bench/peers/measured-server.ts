import { readFileSync } from 'node:fs';
import { freePort } from '../../test/support/postgres.ts';
import { type GatehouseProcess, run } from '../../test/support/process.ts';
import type { Workload } from '../load/drive.ts';
import type { BenchPostgres } from './postgres.ts';

/** One server in the race: its processes, their ports and the database of its own they work on. */
export interface MeasuredServer {
  readonly name: string;
  readonly ports: readonly number[];
  readonly pids: readonly number[];
  readonly database: string;
  /** What it can be asked to do. */
  readonly workloads: { readonly [kind in Operation]?: (size: Size) => Promise<Workload> };
  stop(): Promise<void>;
}

export type Operation =
  | 'client_credentials'
  | 'refresh'
  | 'code'
  | 'codeFlow'
  | 'introspection'
  | 'viewer'
  | 'users'
  | 'password';

/** How much must lie ready before a run begins. */
export interface Size {
  readonly connections: number;
  /** As many as could be answered in the time there is; only codes are used up. */
  readonly requests: number;
}

export interface EmptyDatabase {
  readonly postgres: BenchPostgres;
  /** A database that nobody has used yet. */
  readonly database: string;
  readonly url: string;
}

/** A database of its own for a contender of that name. */
export async function createDatabase(postgres: BenchPostgres, name: string): Promise<EmptyDatabase> {
  const database = `bench_${name.replaceAll(/\W+/g, '_').toLowerCase()}`;
  await postgres.query(`CREATE DATABASE ${database}`);
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  return { postgres, database, url: url.href };
}

/** Starts that many processes of a Node program of ours, each told its port, and waits until each says that it is ready. */
export async function startProcesses(
  file: string,
  env: Record<string, string>,
  count = 1,
): Promise<{ ports: number[]; pids: number[]; processes: GatehouseProcess[]; stop(): Promise<void> }> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const processes: GatehouseProcess[] = [];
  for (const port of ports) {
    const process = run(file, [], { NODE_ENV: 'production', ...env, PORT: String(port) });
    processes.push(process);
    await process.printed(/ready/);
  }
  return {
    ports,
    processes,
    pids: processes.map(({ pid }) => pid),
    async stop() {
      for (const process of processes) process.kill('SIGTERM');
      await Promise.all(processes.map(({ exit }) => exit));
    },
  };
}

const TICKS = 100;

/** Milliseconds of processor time that these processes have used. */
export function cpuTime(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return (ticks.reduce((sum, one) => sum + one, 0) / TICKS) * 1000;
}

/** Megabytes of memory these processes hold. */
export function residentMemory(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** By the server's name. A baseline is the minimum that this stack can do. */
export function roleOf(name: string): 'gatehouse' | 'baseline' | 'peer' {
  if (name.startsWith('Gatehouse')) return 'gatehouse';
  return /^(Koa|yoga)/.test(name) ? 'baseline' : 'peer';
}
