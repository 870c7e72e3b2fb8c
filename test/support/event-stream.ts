import { type IncomingMessage, request } from 'node:http';
import type { TestServer } from './server.ts';

/** A subscription, read as `text/event-stream`. */
export interface EventStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The next answer; undefined when there are no more. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects in there
  next(): Promise<any>;
  /** What has come so far, comments included. */
  readonly text: string;
  /** Resolves when the server has ended it, with the moment (`performance.now()`). */
  readonly ended: Promise<number>;
  /** Stops reading; the socket stays. */
  pause(): void;
  resume(): void;
  /** Hangs up. */
  close(): void;
}

export const AUDIT_EVENT = 'subscription { auditEvent { id kind actor { id } detail } }';

/** Where a server listens, and the name it goes by. */
export interface Address {
  readonly at: string;
  readonly host: string;
}

export const addressOf = ({ url, config }: TestServer): Address => ({ at: url, host: new URL(config.issuer).host });

/** Resolves with the head of the answer. */
export function subscribe(
  { at, host }: Address,
  token: string,
  query = AUDIT_EVENT,
  accept = 'text/event-stream',
): Promise<EventStream> {
  const headers = { Host: host, Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: accept };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${at}/graphql`, { method: 'POST', headers, agent: false }, (incoming) => {
      resolve(read(incoming, () => outgoing.destroy()));
    });
    outgoing.once('error', reject);
    outgoing.end(JSON.stringify({ query }));
  });
}

function read(incoming: IncomingMessage, close: () => void): EventStream {
  const chunks: string[] = [];
  let rest = '';
  const answers: string[] = [];
  let over = false;
  let wake = (): void => {};
  incoming.setEncoding('utf8');
  incoming.on('data', (chunk: string) => {
    chunks.push(chunk);
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const [, data] = /^event: next\ndata: (.*)$/.exec(message) ?? [];
      if (data !== undefined) answers.push(data);
    }
    wake();
  });
  incoming.on('error', () => {});
  const ended = new Promise<number>((resolve) => {
    incoming.once('close', () => {
      over = true;
      wake();
      resolve(performance.now());
    });
  });
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    ended,
    get text() {
      return chunks.join('');
    },
    async next() {
      while (answers.length === 0 && !over)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const data = answers.shift();
      return data === undefined ? undefined : JSON.parse(data);
    },
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    close,
  };
}
