import { type IncomingMessage, request } from 'node:http';
import type { TestServer } from './server.ts';

/** A subscription over `text/event-stream`. */
export interface EventStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The next event; undefined if the stream has ended. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the test
  next(): Promise<any>;
  /** All text received so far, including comments. */
  readonly text: string;
  /** Resolves when the server has closed the stream, with the time (`performance.now()`). */
  readonly ended: Promise<number>;
  /** Stops reading; the socket stays open. */
  pause(): void;
  resume(): void;
  /** Closes the connection. */
  close(): void;
}

/** The next event that is not the sign-in by which a test got a token. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects in there
export async function nextChange(stream: Pick<EventStream, 'next'>): Promise<any> {
  for (;;) {
    const event = await stream.next();
    if (event?.data?.auditEvent?.kind !== 'SIGN_IN_SUCCEEDED') return event;
  }
}

export const AUDIT_EVENT = 'subscription { auditEvent { id kind actor { id } detail } }';

/** The address that a server listens on, and its public host. */
export interface Address {
  readonly at: string;
  readonly host: string;
}

export const addressOf = ({ url, config }: TestServer): Address => ({ at: url, host: new URL(config.issuer).host });

/** Resolves when the response headers have arrived. */
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
  const events: string[] = [];
  let closed = false;
  let wake = (): void => {};
  incoming.setEncoding('utf8');
  incoming.on('data', (chunk: string) => {
    chunks.push(chunk);
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const [, data] = /^event: next\ndata: (.*)$/.exec(message) ?? [];
      if (data !== undefined) events.push(data);
    }
    wake();
  });
  incoming.on('error', () => {});
  const ended = new Promise<number>((resolve) => {
    incoming.once('close', () => {
      closed = true;
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
      while (events.length === 0 && !closed)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const data = events.shift();
      return data === undefined ? undefined : JSON.parse(data);
    },
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    close,
  };
}
