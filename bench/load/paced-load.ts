import { Agent, request } from 'node:http';
import type { TestClient } from '../../test/support/fixtures.ts';

export interface Pace {
  /** Requests a second, sent when they are due, whether or not earlier ones were answered. */
  readonly rate: number;
  readonly seconds: number;
}

/** Nobody was there to take it; or it was taken, and no answer came. */
type Answer = number | 'refused' | 'lost';

export interface Tally {
  readonly answers: number;
  readonly lost: number;
  readonly refused: number;
  readonly statuses: Readonly<Record<number, number>>;
  /** Milliseconds, of the good answers. */
  readonly p99: number;
  /** Milliseconds that the slowest other answer took. */
  readonly slowestRefusal: number;
}

/** Milliseconds after which whoever asked has gone: as a person's browser, a client does not wait for ever. */
const PATIENCE = 5000;

export async function paced({ rate, seconds }: Pace, ask: (index: number) => Promise<Answer>): Promise<Tally> {
  const [statuses, times]: [Record<number, number>, number[]] = [{}, []];
  let slowestRefusal = 0;
  const count = { lost: 0, refused: 0 };
  const asked: Promise<void>[] = [];
  const one = async (index: number): Promise<void> => {
    const sent = performance.now();
    const answer = await ask(index);
    const took = performance.now() - sent;
    if (answer === 200) times.push(took);
    else if (typeof answer === 'number') slowestRefusal = Math.max(slowestRefusal, Math.round(took));
    if (typeof answer === 'number') statuses[answer] = (statuses[answer] ?? 0) + 1;
    else count[answer]++;
  };
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(rate * seconds, ((performance.now() - begun) / 1000) * rate);
      while (asked.length < due) asked.push(one(asked.length));
      if (asked.length < rate * seconds) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  await Promise.all(asked);
  times.sort((a, b) => a - b);
  const answers = Object.values(statuses).reduce((sum, some) => sum + some, 0);
  const p99 = Math.round(times[Math.floor(times.length * 0.99)] ?? 0);
  return { answers, ...count, statuses, p99, slowestRefusal };
}

/** Connections that are kept, to one node; who comes when all are in use waits on our side. */
export function makePool(
  port: number,
  { clientId, secret }: TestClient,
  host: string,
  maxSockets = 32,
): { token(): Promise<Answer> } {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const body = 'grant_type=client_credentials';
  const headers = {
    Host: host,
    Authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': body.length,
  };
  const options = { host: '127.0.0.1', port, path: '/oauth/token', method: 'POST', headers, agent };
  return {
    token: () =>
      new Promise((resolve) => {
        const signal = AbortSignal.timeout(PATIENCE);
        const outgoing = request({ ...options, signal }, (incoming) => {
          incoming.resume();
          incoming.once('end', () => resolve(incoming.statusCode ?? 0));
          incoming.once('error', () => resolve('lost'));
        });
        outgoing.once('error', ({ code }: NodeJS.ErrnoException) =>
          resolve(code === 'ECONNREFUSED' ? 'refused' : 'lost'),
        );
        outgoing.end(body);
      }),
  };
}
