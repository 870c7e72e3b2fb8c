import { Pool } from 'undici';
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
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 32 });
  const headers = {
    host,
    authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const request = { path: '/oauth/token', method: 'POST', headers, body: 'grant_type=client_credentials' } as const;
  return {
    async token() {
      try {
        const { statusCode, body } = await pool.request(request);
        await body.dump();
        return statusCode;
      } catch (error) {
        const { code } = error as { code?: unknown };
        return code === 'ECONNREFUSED' ? 'refused' : 'lost';
      }
    },
  };
}
