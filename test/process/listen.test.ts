import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { answerUnreadable } from '../../src/http/client-error.ts';
import { drain, listen, portOf } from '../../src/process/listen.ts';
import { parseResponses } from '../support/raw-http.ts';
import { send } from '../support/send.ts';

let server: Server;
beforeEach(async () => {
  server = await listen(loadConfig({ PORT: '0' }));
  server.on('request', (request, response) => request.resume().on('end', () => response.end('ok')));
  server.on('clientError', answerUnreadable(loadConfig({})));
});
afterEach(() => drain(server));

/** Sends a little at a time, until the server has had enough: what it said, and after how many milliseconds it closed. */
function dribble(text: string, filler: string, every: number): Promise<{ said: string; after: number }> {
  const from = performance.now();
  return new Promise((resolve) => {
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    const socket = connect(portOf(server), '127.0.0.1', () => {
      socket.write(text);
      timer = setInterval(() => socket.write(filler), every);
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ said, after: performance.now() - from });
    });
  });
}

const timeOf = async (): Promise<number> => {
  const from = performance.now();
  expect((await send(`http://127.0.0.1:${portOf(server)}/`, 'localhost', '/')).status).toBe(200);
  return performance.now() - from;
};

describe('RFC 9110 §15.5.9: who takes too long is let go', () => {
  it('L227 L229: within the times that are set for it', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections } = server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 75_000,
      timeout: 30_000,
      maxConnections: 10_000,
    });
  });

  it('L227: 500 that send a header a byte at a time, and a body so, get 408, while others are served', async () => {
    // Shorter than in earnest; how often the server looks, every five seconds, stays.
    server.headersTimeout = 300;
    server.requestTimeout = 600;
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\n';
    const slow = Array.from({ length: 500 }, (_, at) =>
      dribble(at % 2 === 0 ? `${head}X: ` : `${head}Content-Length: 9999\r\n\r\n`, 'y', 200),
    );
    const asked: Promise<number>[] = [];
    const more = setInterval(() => asked.push(timeOf()), 100);
    const answers = await Promise.all(slow);
    clearInterval(more);
    const others = await Promise.all(asked);

    for (const { said, after } of answers) {
      expect(after).toBeLessThan(15_000);
      const [answer] = parseResponses(said);
      expect([answer?.status, answer?.headers.get('Connection')]).toEqual([408, 'close']);
      expect(answer?.headers.get('X-Content-Type-Options')).toBe('nosniff');
    }
    expect(others.length).toBeGreaterThan(10);
    expect(others.sort((a, b) => a - b)[Math.floor(others.length / 2)]).toBeLessThan(1000);
  });
});
