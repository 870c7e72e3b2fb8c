import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './database-faults.ts';
import { anyToken, type Site } from './fault-site.ts';
import type { TestResponse } from './send.ts';

/** Concurrent requests during a fault. */
const AT_ONCE = 20;

/** Maximum milliseconds from the repair to the next successful request. */
const RECOVERY = 2000;

export interface Outcome {
  readonly fault: string;
  readonly statuses: string;
  /** Milliseconds until the last response to a request during the fault. */
  readonly slowest: number;
  /** Milliseconds from the repair to the next success. */
  readonly recovered: number;
  /** Empty if the server behaved as required. */
  readonly wrong: readonly string[];
}

/**
 * Injects the fault, sends requests, repairs it and sends requests again. The process must survive. `patience` multiplies the
 * allowed times, for machines with other work.
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
  const requests = affected ? [timed(affected)] : Array.from({ length: AT_ONCE }, () => timed(() => anyToken(site)));
  const responses = await Promise.all(requests);
  const slowest = Math.max(...responses.map(({ took }) => took));
  for (const { response } of responses) wrong.push(...failuresOf(response, fault));
  if (slowest > (fault.within ?? 1000) * patience) wrong.push(`last response after ${Math.round(slowest)} ms`);

  await repair();
  const repaired = performance.now();
  while ((await anyToken(site)).status !== 200 && performance.now() - repaired < 10 * RECOVERY) await pause(20);
  const recovered = performance.now() - repaired;
  if (recovered > RECOVERY * patience) wrong.push(`recovered after ${Math.round(recovered)} ms`);
  if (ended) wrong.push('the process has ended');
  const statuses = [...new Set(responses.map(({ response }) => response.status))].join(', ');
  return { fault: fault.name, statuses, slowest: Math.round(slowest), recovered: Math.round(recovered), wrong };
}

async function timed(send: () => Promise<TestResponse>): Promise<{ response: TestResponse; took: number }> {
  const started = performance.now();
  const response = await send();
  return { response, took: performance.now() - started };
}

function failuresOf({ status, headers, body }: TestResponse, { within }: Fault): string[] {
  if (within === undefined) return status === 200 ? [] : [`${status} although no request may be affected`];
  if (status !== 503) return [`${status} instead of 503`];
  const wrong = body.error === 'temporarily_unavailable' ? [] : [`503 ${body.error}`];
  return headers.has('Retry-After') ? wrong : [...wrong, '503 without Retry-After'];
}
