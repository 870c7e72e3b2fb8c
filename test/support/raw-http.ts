import { connect } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes as they are, for what no HTTP client would send; all that comes until the server closes or falls silent. */
export function sendRaw(url: string, text: string, silence = 10_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
    socket.setTimeout(silence, () => socket.destroy());
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    // What had come before a reset has come.
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

/** Takes a stream of answers apart, each with its Content-Length. */
export function parseResponses(received: string): RawResponse[] {
  const answers: RawResponse[] = [];
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`Not an answer: ${rest}`);
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Headers(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    );
    const length = Number(headers.get('Content-Length') ?? 0);
    const from = end + 4;
    answers.push({
      status: Number(first.split(' ')[1]),
      headers,
      body: Buffer.from(rest.slice(from, from + length), 'latin1').toString(),
    });
    rest = rest.slice(from + length);
  }
  return answers;
}

/** Sends one request and reads the one answer; no lines but those given. */
export async function requestRaw(url: string, lines: readonly string[], body = ''): Promise<RawResponse> {
  const [answer] = parseResponses(await sendRaw(url, `${lines.join('\r\n')}\r\n\r\n${body}`));
  if (!answer) throw new Error('The connection was closed without an answer');
  return answer;
}
