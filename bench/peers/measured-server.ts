import { readFileSync } from 'node:fs';
import { freePort } from '../../test/support/postgres.ts';
import { type GatehouseProcess, run } from '../../test/support/process.ts';
import type { Workload } from '../load/drive.ts';
import type { BenchPostgres } from './postgres.ts';

/** A running server: its processes, their ports and its database. */
export interface MeasuredServer {
  readonly name: string;
  readonly ports: readonly number[];
  readonly pids: readonly number[];
  readonly database: string;
  /** The operations it supports. */
  readonly workloads: { readonly [operation in Operation]?: (size: Size) => Promise<Workload> };
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

/** How much must be prepared before a run. */
export interface Size {
  readonly connections: number;
  /** The maximum number of requests in the run. Only codes need it, because each can be used only once. */
  readonly requests: number;
}

export interface EmptyDatabase {
  /** Its name. */
  readonly database: string;
  readonly url: string;
}

/** Creates the database for the server of this name. */
export async function createDatabase(postgres: BenchPostgres, name: string): Promise<EmptyDatabase> {
  const database = `bench_${name.replaceAll(/\W+/g, '_').toLowerCase()}`;
  await postgres.query(`CREATE DATABASE ${database}`);
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  return { database, url: url.href };
}

/** Starts `count` processes of a Node program, each with its `PORT`, and waits until each prints "ready". */
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

/** Clock ticks a second, in which /proc counts CPU time. */
const TICKS = 100;

/** CPU time of these processes so far, in milliseconds. */
export function cpuTime(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return (ticks.reduce((sum, one) => sum + one, 0) / TICKS) * 1000;
}

/** Resident memory of these processes, in megabytes. */
export function residentMemory(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** By the server's name. A baseline is the minimum that this stack can do. */
export function roleOf(name: string): 'gatehouse' | 'baseline' | 'peer' {
  if (name.startsWith('Gatehouse')) return 'gatehouse';
  return /^(Koa|yoga)/.test(name) ? 'baseline' : 'peer';
}
