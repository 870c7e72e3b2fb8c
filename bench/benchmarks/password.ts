import { availableParallelism } from 'node:os';
import { run } from '../../test/support/process.ts';
import { drive, type Load, type Measured, type Workload } from '../load/drive.ts';
import type { Catalog } from '../peers/catalog.ts';
import { median, type Plan } from './rounds.ts';

export interface PasswordResult {
  /** A second. */
  readonly bareHashes: number;
  readonly signIns: number;
  /** A second, during client_credentials at half their maximum rate. */
  readonly signInsBeside: number;
  readonly failed: number;
  /** Milliseconds, of client_credentials at half their maximum rate: alone, and during as many sign-ins as possible. */
  readonly p99Alone: number;
  readonly p99Beside: number;
}

/** Compares the password grant with argon2id alone, and measures how its hashes slow down other requests. */
export async function measurePassword(catalog: Catalog, plan: Plan): Promise<PasswordResult> {
  const { rounds, seconds, connections } = plan;
  const [gatehouse] = await catalog.servers(['gatehouse']);
  if (!gatehouse) throw new Error('Gatehouse is not in the catalog');
  const size = { connections, requests: 0 };
  const signingIn = await gatehouse.workloads.password?.(size);
  const credentials = await gatehouse.workloads.client_credentials?.(size);
  if (!signingIn || !credentials) throw new Error('Gatehouse does not sign in');

  let failed = 0;
  const ask = async (workload: Workload, load: Load): Promise<Measured> => {
    const measured = await drive(gatehouse.ports, workload, load);
    if (measured.firstFailure !== undefined) console.error(measured.firstFailure);
    failed += measured.failed;
    return measured;
  };
  const all = { connections, seconds };
  await ask(signingIn, { connections, seconds: plan.warmUp });
  await ask(credentials, { connections, seconds: plan.warmUp });

  const bare: number[] = [];
  const [signIns, signInsBeside]: [number[], number[]] = [[], []];
  const [p99Alone, p99Beside]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareHashes(seconds));
    signIns.push((await ask(signingIn, all)).perSecond);

    const full = await ask(credentials, all);
    const half = { ...all, rate: full.perSecond / 2 };
    p99Alone.push((await ask(credentials, half)).p99);
    const [spared, people] = await Promise.all([ask(credentials, half), ask(signingIn, all)]);
    p99Beside.push(spared.p99);
    signInsBeside.push(people.perSecond);
  }
  return {
    bareHashes: median(bare),
    signIns: median(signIns),
    signInsBeside: median(signInsBeside),
    failed,
    p99Alone: median(p99Alone),
    p99Beside: median(p99Beside),
  };
}

/** The hashes a second that this machine can do, in a separate process with one thread for each core. */
async function bareHashes(seconds: number): Promise<number> {
  const env = { UV_THREADPOOL_SIZE: String(availableParallelism()) };
  const hashing = run('bench/benchmarks/bare-argon2id.ts', [String(seconds)], env);
  const [, count] = await hashing.printed(/^(\S+) a second/);
  await hashing.exit;
  return Number(count);
}
