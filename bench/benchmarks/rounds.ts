import { drive, type Measured } from '../load/drive.ts';
import { type Contender, type Kind, processorTime } from '../peers/measured-server.ts';
import type { Administration } from '../peers/postgres.ts';

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly connections: number;
}

/** What one contender did in all rounds of one kind of work. */
export interface Result {
  readonly contender: string;
  readonly kind: string;
  /** Answers a second. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Milliseconds; medians of the rounds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly statements: number;
  readonly commits: number;
  /** Microseconds of the server's own processor time a request. */
  readonly processor: number;
}

/** No peer answers more than this: so many codes lie ready for a second. */
const FASTEST = 6000;

interface Round extends Measured {
  readonly statements: number;
  readonly commits: number;
  readonly processor: number;
}

/** A, B, C, A, B, C …: what the machine does beside falls on all alike. */
export async function interleave(
  kind: Kind,
  contenders: readonly Contender[],
  administration: Administration,
  { rounds, seconds, warmUp, connections }: Plan,
): Promise<Result[]> {
  const once = async (contender: Contender, time: number): Promise<Round> => {
    const make = contender.works[kind];
    if (!make) throw new Error(`${contender.name} does not do ${kind}`);
    const work = await make({ connections, requests: Math.ceil(time * FASTEST) });
    const before = await administration.count(contender.database);
    const used = processorTime(contender.pids);
    const measured = await drive(contender.ports, work, { connections, seconds: time });
    const processor = processorTime(contender.pids) - used;
    const after = await administration.count(contender.database);
    if (measured.firstFailure !== undefined) console.error(`${contender.name}, ${kind}: ${measured.firstFailure}`);
    return {
      ...measured,
      statements: (after.statements - before.statements) / measured.responses,
      commits: (after.commits - before.commits) / measured.responses,
      processor: (processor * 1000) / measured.responses,
    };
  };

  const seen = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) await once(contender, warmUp);
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) seen.get(contender)?.push(await once(contender, seconds));
  return [...seen].map(([{ name }, measured]) => summary(name, kind, measured));
}

function summary(contender: string, kind: string, rounds: readonly Round[]): Result {
  const of = (key: 'perSecond' | 'p50' | 'p99' | 'statements' | 'commits' | 'processor') =>
    rounds.map((round) => round[key]);
  const speeds = of('perSecond');
  return {
    contender,
    kind,
    median: median(speeds),
    min: Math.min(...speeds),
    max: Math.max(...speeds),
    p50: median(of('p50')),
    p99: median(of('p99')),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
    statements: median(of('statements')),
    commits: median(of('commits')),
    processor: median(of('processor')),
  };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
