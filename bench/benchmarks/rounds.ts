import { drive, type Measured } from '../load/drive.ts';
import { cpuTime, type MeasuredServer, type Operation } from '../peers/measured-server.ts';
import type { BenchPostgres } from '../peers/postgres.ts';

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly connections: number;
}

/** The result of one server for one operation, over all rounds. */
export interface Result {
  readonly server: string;
  readonly operation: string;
  /** Correct responses a second. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Milliseconds; medians of the rounds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly statements: number;
  readonly commits: number;
  /** Microseconds of the server's CPU time for a request. */
  readonly cpu: number;
}

/** Codes prepared for each second of a run. No server exchanges more than this. */
const CODES_PER_SECOND = 6000;

interface Round extends Measured {
  readonly statements: number;
  readonly commits: number;
  readonly cpu: number;
}

/** Measures the servers alternately (A, B, C, A, B, C …), so that other load on the machine affects all of them equally. */
export async function measureInRounds(
  operation: Operation,
  servers: readonly MeasuredServer[],
  postgres: BenchPostgres,
  { rounds, seconds, warmUp, connections }: Plan,
): Promise<Result[]> {
  const runOnce = async (server: MeasuredServer, time: number): Promise<Round> => {
    const make = server.workloads[operation];
    if (!make) throw new Error(`${server.name} does not support ${operation}`);
    const workload = await make({ connections, requests: Math.ceil(time * CODES_PER_SECOND) });
    const before = await postgres.counters(server.database);
    const used = cpuTime(server.pids);
    const measured = await drive(server.ports, workload, { connections, seconds: time });
    const cpu = cpuTime(server.pids) - used;
    const after = await postgres.counters(server.database);
    if (measured.firstFailure !== undefined) console.error(`${server.name}, ${operation}: ${measured.firstFailure}`);
    return {
      ...measured,
      statements: (after.statements - before.statements) / measured.responses,
      commits: (after.commits - before.commits) / measured.responses,
      cpu: (cpu * 1000) / measured.responses,
    };
  };

  const byServer = new Map<MeasuredServer, Round[]>(servers.map((server) => [server, []]));
  for (const server of servers) await runOnce(server, warmUp);
  for (let round = 0; round < rounds; round++)
    for (const server of servers) byServer.get(server)?.push(await runOnce(server, seconds));
  return [...byServer].map(([{ name }, measured]) => summary(name, operation, measured));
}

function summary(server: string, operation: string, rounds: readonly Round[]): Result {
  const of = (key: 'perSecond' | 'p50' | 'p99' | 'statements' | 'commits' | 'cpu') => rounds.map((round) => round[key]);
  const rates = of('perSecond');
  return {
    server,
    operation,
    median: median(rates),
    min: Math.min(...rates),
    max: Math.max(...rates),
    p50: median(of('p50')),
    p99: median(of('p99')),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
    statements: median(of('statements')),
    commits: median(of('commits')),
    cpu: median(of('cpu')),
  };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
