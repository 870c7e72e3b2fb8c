import { connect, type Socket } from 'node:net';

/** What a server is asked, over and over, and what a right answer looks like. A request is sent as it is written here. */
export interface Work {
  /** The next request of this connection: head and body; undefined when there is none left. */
  next(connection: number): string | undefined;
  /** Whether that connection's answer is right; what it carries may be kept for the next request. */
  right(connection: number, status: number, body: string): boolean;
  /** Where one piece of work takes several requests: what that answer, head and all, leads to. Asked at once, on the same clock. */
  follow?(connection: number, answer: string): string | undefined;
}

export interface Measured {
  readonly answers: number;
  /** Wrong answers, and connections that broke while one was awaited. */
  readonly failed: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The first wrong answer, to look at. */
  readonly fault: string | undefined;
}

export interface Pressure {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; as many as are answered, if left out. */
  readonly rate?: number;
}

/** One HTTP/1.1 POST, kept alive. */
export function post(path: string, type: string, body: string, headers: Record<string, string>): string {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${more.join('')}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const postForm = (path: string, form: Record<string, string>, headers: Record<string, string>): string =>
  post(path, 'application/x-www-form-urlencoded', new URLSearchParams(form).toString(), headers);

export const get = (path: string, headers: Record<string, string>): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

export const basic = (id: string, secret: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/**
 * Asks over plain sockets, each of which sends its next request when the last is answered: the machine's cores are the
 * server's to use, so the generator is as cheap as can be. Connections are spread over the ports.
 */
export async function drive(
  ports: readonly number[],
  work: Work,
  { connections, seconds, rate }: Pressure,
): Promise<Measured> {
  const times: number[] = [];
  let [failed, fault]: [number, string | undefined] = [0, undefined];
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const interval = rate === undefined ? 0 : (connections / rate) * 1000;

  const wrong = (what: string) => {
    failed++;
    fault ??= what.slice(0, 500);
  };
  /** One connection, until the time is over. */
  const client = (index: number) =>
    new Promise<void>((resolve) => {
      let due = begun + (interval * index) / connections;
      let sent = 0;
      const answered = (status: number, body: string, whole: string) => {
        const more = work.follow?.(index, whole);
        if (more !== undefined) return void socket.write(more, 'latin1');
        times.push(performance.now() - sent);
        if (!work.right(index, status, body)) wrong(`${status} ${body}`);
        proceed();
      };
      const broken = (socket: Socket, error: string) => {
        socket.destroy();
        wrong(error);
        if (performance.now() < end) open();
        else resolve();
      };
      let socket: Socket;
      const open = () => {
        socket = connect({ host: '127.0.0.1', port: ports[index % ports.length]!, noDelay: true });
        socket.on('data', reader(answered));
        socket.once('error', (error) => broken(socket, error.message));
        socket.once('end', () => broken(socket, 'the connection was closed'));
        socket.once('connect', proceed);
      };
      const finish = () => {
        socket.removeAllListeners('end').destroy();
        resolve();
      };
      const proceed = () => {
        const now = performance.now();
        if (now >= end) finish();
        else if (due > now) setTimeout(send, due - now);
        else send();
      };
      const send = () => {
        const request = work.next(index);
        if (request === undefined) return finish();
        // Where a rate is set, what a late answer delays counts as waiting.
        sent = interval === 0 ? performance.now() : due;
        due += interval;
        socket.write(request, 'latin1');
      };
      open();
    });

  await Promise.all(Array.from({ length: connections }, (_, index) => client(index)));
  const took = (performance.now() - begun) / 1000;
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const answers = times.length - failed;
  return { answers, failed, perSecond: answers / took, p50: at(0.5), p99: at(0.99), fault };
}

/** Puts answers together from what arrives on one connection: all that RFC 9112 §6 lets a server send after a request of ours. */
function reader(answered: (status: number, body: string, whole: string) => void): (chunk: Buffer) => void {
  let text = '';
  return (chunk) => {
    text += chunk.toString('latin1');
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    const body = length === undefined ? chunked(text, head + 4) : whole(text, head + 4, Number(length));
    if (body === undefined) return;
    const [status, all] = [Number(text.slice(9, 12)), text];
    text = '';
    answered(status, body, all);
  };
}

const whole = (text: string, from: number, length: number): string | undefined =>
  text.length >= from + length ? text.slice(from, from + length) : undefined;

function chunked(text: string, from: number): string | undefined {
  let body = '';
  for (let at = from; ; ) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (size === 0) return text.length >= line + 4 ? body : undefined;
    if (text.length < line + 4 + size) return undefined;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 4 + size;
  }
}
