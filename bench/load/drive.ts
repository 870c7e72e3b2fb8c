import { setTimeout as pause } from 'node:timers/promises';
import { Connection, ConnectionRefused } from './connection.ts';
import type { HttpResponse } from './http.ts';

/** The requests to send, and which responses are correct. A request is sent exactly as it is written here. */
export interface Workload {
  /** The next request of this connection: head and body; undefined when there is none left. */
  next(connection: number): string | undefined;
  /** Whether this response is correct. It may be kept for the next request of the same connection. */
  accepts(connection: number, status: number, body: string): boolean;
  /** For work of several requests: the request that follows this response (head and body), sent at once and timed together. */
  follow?(connection: number, response: string): string | undefined;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections. Without it, each connection sends its next request as soon as it has a response. */
  readonly rate?: number;
}

export interface Measured {
  /** Correct responses. */
  readonly responses: number;
  /** Incorrect responses, and those that were lost or refused. */
  readonly failed: number;
  /** Requests that were sent and got no response. */
  readonly lost: number;
  /** Requests that could not be sent because no server accepted a connection. */
  readonly refused: number;
  /** Responses by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Correct responses a second. */
  readonly perSecond: number;
  /** Milliseconds, of the correct responses. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds, of the slowest incorrect response. */
  readonly slowestRejection: number;
  /** What the first failure was. */
  readonly firstFailure: string | undefined;
}

/** Milliseconds before a refused client tries again. */
const RETRY_DELAY = 10;

/**
 * Sends the workload's requests over kept-alive connections, spread over the ports. With a rate, each connection has a schedule;
 * a request that is late because the response before it was slow is timed from when it was due.
 */
export async function drive(
  ports: readonly number[],
  workload: Workload,
  { connections, seconds, rate }: Load,
): Promise<Measured> {
  const times: number[] = [];
  const statuses: Record<number, number> = {};
  const count = { rejected: 0, lost: 0, refused: 0 };
  let [slowestRejection, firstFailure]: [number, string | undefined] = [0, undefined];
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const interval = rate === undefined ? 0 : (connections / rate) * 1000;

  const fail = (kind: keyof typeof count, reason: string) => {
    count[kind]++;
    firstFailure ??= reason.slice(0, 500);
  };

  const judge = (index: number, { status, body }: HttpResponse, took: number) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (workload.accepts(index, status, body)) return void times.push(took);
    slowestRejection = Math.max(slowestRejection, took);
    fail('rejected', `${status} ${body}`);
  };

  const exchange = async (connection: Connection, index: number, request: string): Promise<HttpResponse> => {
    let response = await connection.exchange(request);
    for (let more = workload.follow?.(index, response.text); more !== undefined; ) {
      response = await connection.exchange(more);
      more = workload.follow?.(index, response.text);
    }
    return response;
  };

  const client = async (index: number): Promise<void> => {
    let connection: Connection | undefined;
    for (let due = begun + (interval * index) / connections; due < end; due += interval) {
      const early = due - performance.now();
      if (early > 0) await pause(early);
      if (performance.now() >= end) break;
      try {
        if (!connection?.isOpen) connection = await Connection.open(ports, index);
        const request = workload.next(index);
        if (request === undefined) break;
        const sent = rate === undefined ? performance.now() : due;
        const response = await exchange(connection, index, request);
        judge(index, response, performance.now() - sent);
      } catch (error) {
        fail(error instanceof ConnectionRefused ? 'refused' : 'lost', String(error));
        await pause(RETRY_DELAY);
      }
    }
    connection?.close();
  };

  await Promise.all(Array.from({ length: connections }, (_, index) => client(index)));
  const took = (performance.now() - begun) / 1000;
  times.sort((one, other) => one - other);
  const quantile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    responses: times.length,
    failed: count.rejected + count.lost + count.refused,
    lost: count.lost,
    refused: count.refused,
    statuses,
    perSecond: times.length / took,
    p50: quantile(0.5),
    p99: quantile(0.99),
    slowestRejection,
    firstFailure,
  };
}
