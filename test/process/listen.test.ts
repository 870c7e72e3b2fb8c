import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { handleClientError } from '../../src/http/client-error.ts';
import { drain, listen, portOf } from '../../src/process/listen.ts';
import { parseResponses } from '../support/raw-http.ts';
import { send } from '../support/send.ts';

let server: Server;
beforeEach(async () => {
  server = await listen(loadConfig({ PORT: '0' }));
  server.on('request', (request, response) => request.resume().on('end', () => response.end('ok')));
  server.on('clientError', handleClientError(loadConfig({})));
});
afterEach(() => drain(server));

/** Sends a few bytes at a time until the server closes the connection. Returns its response and the duration in milliseconds. */
function sendSlowly(text: string, filler: string, every: number): Promise<{ received: string; after: number }> {
  const from = performance.now();
  return new Promise((resolve) => {
    let received = '';
    let timer: NodeJS.Timeout | undefined;
    const socket = connect(portOf(server), '127.0.0.1', () => {
      socket.write(text);
      timer = setInterval(() => socket.write(filler), every);
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ received, after: performance.now() - from });
    });
  });
}

const timeOf = async (): Promise<number> => {
  const from = performance.now();
  expect((await send(`http://127.0.0.1:${portOf(server)}/`, 'localhost', '/')).status).toBe(200);
  return performance.now() - from;
};

describe('RFC 9110 §15.5.9: slow connections are closed', () => {
  it('L227 L229: the server has timeouts and a maximum number of connections', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections } = server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 75_000,
      timeout: 30_000,
      maxConnections: 10_000,
    });
  });

  it('L227: 500 connections that send a header or a body byte by byte get 408, while others are served', async () => {
    // Shorter timeouts than in production. The server still checks them every five seconds.
    server.headersTimeout = 300;
    server.requestTimeout = 600;
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\n';
    const slow = Array.from({ length: 500 }, (_, at) =>
      sendSlowly(at % 2 === 0 ? `${head}X: ` : `${head}Content-Length: 9999\r\n\r\n`, 'y', 200),
    );
    const durations: Promise<number>[] = [];
    const more = setInterval(() => durations.push(timeOf()), 100);
    const answers = await Promise.all(slow);
    clearInterval(more);
    const others = await Promise.all(durations);

    for (const { received, after } of answers) {
      expect(after).toBeLessThan(15_000);
      const [answer] = parseResponses(received);
      expect([answer?.status, answer?.headers.get('Connection')]).toEqual([408, 'close']);
      expect(answer?.headers.get('X-Content-Type-Options')).toBe('nosniff');
    }
    expect(others.length).toBeGreaterThan(10);
    expect(others.sort((a, b) => a - b)[Math.floor(others.length / 2)]).toBeLessThan(1000);
  });
});
