import { Agent, request } from 'node:http';
import type { TestClient } from '../test/support/fixtures.ts';

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
  /** Milliseconds. */
  readonly p99: number;
}

export async function paced({ rate, seconds }: Pace, ask: (index: number) => Promise<Answer>): Promise<Tally> {
  const [statuses, times]: [Record<number, number>, number[]] = [{}, []];
  const count = { lost: 0, refused: 0 };
  const asked: Promise<void>[] = [];
  const one = async (index: number): Promise<void> => {
    const sent = performance.now();
    const answer = await ask(index);
    times.push(performance.now() - sent);
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
  return { answers, ...count, statuses, p99: Math.round(times[Math.floor(times.length * 0.99)] ?? 0) };
}

/** Connections that are kept, to one node. */
export function makePool(port: number, { clientId, secret }: TestClient, host: string): { token(): Promise<Answer> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
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
        const outgoing = request(options, (incoming) => {
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
