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
  readonly signInsDuringLoad: number;
  readonly failed: number;
  /** Milliseconds, of client_credentials at half their maximum rate: alone, and during as many sign-ins as possible. */
  readonly p99Alone: number;
  readonly p99DuringSignIns: number;
}

/** Compares the password grant with argon2id alone, and measures how its hashes slow down other requests. */
export async function measurePassword(catalog: Catalog, plan: Plan): Promise<PasswordResult> {
  const { rounds, seconds, connections } = plan;
  const [gatehouse] = await catalog.servers(['gatehouse']);
  if (!gatehouse) throw new Error('This benchmark needs the server gatehouse');
  const size = { connections, requests: 0 };
  const signingIn = await gatehouse.workloads.password?.(size);
  const credentials = await gatehouse.workloads.client_credentials?.(size);
  if (!signingIn || !credentials) throw new Error('Gatehouse does not support this operation');

  let failed = 0;
  const measure = async (workload: Workload, load: Load): Promise<Measured> => {
    const measured = await drive(gatehouse.ports, workload, load);
    if (measured.firstFailure !== undefined) console.error(measured.firstFailure);
    failed += measured.failed;
    return measured;
  };
  const fullLoad = { connections, seconds };
  await measure(signingIn, { connections, seconds: plan.warmUp });
  await measure(credentials, { connections, seconds: plan.warmUp });

  const hashes: number[] = [];
  const [signIns, signInsDuringLoad]: [number[], number[]] = [[], []];
  const [p99Alone, p99DuringSignIns]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    hashes.push(await bareHashes(seconds));
    signIns.push((await measure(signingIn, fullLoad)).perSecond);

    const full = await measure(credentials, fullLoad);
    const halfLoad = { ...fullLoad, rate: full.perSecond / 2 };
    p99Alone.push((await measure(credentials, halfLoad)).p99);
    const [others, passwordGrants] = await Promise.all([measure(credentials, halfLoad), measure(signingIn, fullLoad)]);
    p99DuringSignIns.push(others.p99);
    signInsDuringLoad.push(passwordGrants.perSecond);
  }
  return {
    bareHashes: median(hashes),
    signIns: median(signIns),
    signInsDuringLoad: median(signInsDuringLoad),
    failed,
    p99Alone: median(p99Alone),
    p99DuringSignIns: median(p99DuringSignIns),
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
