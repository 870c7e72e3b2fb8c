import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './database-faults.ts';
import { anyToken, type Site } from './fault-site.ts';
import type { TestResponse } from './send.ts';

/** Requests sent at once into what is broken. */
const AT_ONCE = 20;

/** Milliseconds: repaired, the next request that succeeds must come within this. */
const RECOVERY = 2000;

export interface Outcome {
  readonly fault: string;
  readonly statuses: string;
  /** Milliseconds until the last of those sent into the fault was answered. */
  readonly slowest: number;
  /** Milliseconds from the mending to the next success. */
  readonly recovered: number;
  /** Empty when it was borne as it must be. */
  readonly wrong: readonly string[];
}

/**
 * Breaks, asks, mends and asks again; the process must be the same one throughout. `patience` multiplies the times that are
 * allowed, for where other work takes the same cores.
 */
export async function runFault(site: Site, fault: Fault, patience = 1): Promise<Outcome> {
  const wrong: string[] = [];
  let ended = false;
  void site.nodes.processes[0]?.exit.finally(() => {
    ended = true;
  });
  const before = await anyToken(site);
  if (before.status !== 200) wrong.push(`before: ${before.status}`);

  const { affected, repair } = await fault.inject(site);
  const asked = affected ? [timed(affected)] : Array.from({ length: AT_ONCE }, () => timed(() => anyToken(site)));
  const answers = await Promise.all(asked);
  const slowest = Math.max(...answers.map(({ took }) => took));
  for (const { answer } of answers) wrong.push(...failuresOf(answer, fault));
  if (slowest > (fault.within ?? 1000) * patience) wrong.push(`answered after ${Math.round(slowest)} ms`);

  await repair();
  const repaired = performance.now();
  while ((await anyToken(site)).status !== 200 && performance.now() - repaired < 10 * RECOVERY) await pause(20);
  const recovered = performance.now() - repaired;
  if (recovered > RECOVERY * patience) wrong.push(`recovered after ${Math.round(recovered)} ms`);
  if (ended) wrong.push('the process has ended');
  const statuses = [...new Set(answers.map(({ answer }) => answer.status))].join(', ');
  return { fault: fault.name, statuses, slowest: Math.round(slowest), recovered: Math.round(recovered), wrong };
}

async function timed(ask: () => Promise<TestResponse>): Promise<{ answer: TestResponse; took: number }> {
  const started = performance.now();
  const answer = await ask();
  return { answer, took: performance.now() - started };
}

function failuresOf({ status, headers, body }: TestResponse, { within }: Fault): string[] {
  if (within === undefined) return status === 200 ? [] : [`${status} although nobody need notice`];
  if (status !== 503) return [`${status} instead of 503`];
  const wrong = body.error === 'temporarily_unavailable' ? [] : [`503 ${body.error}`];
  return headers.has('Retry-After') ? wrong : [...wrong, '503 without Retry-After'];
}
