import { connect } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes that no HTTP client would send. Returns everything received until the server closes the connection or is silent for `silence` ms. */
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
    // Data received before a reset is still returned.
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

/** Parses consecutive responses that have a Content-Length. */
export function parseResponses(received: string): RawResponse[] {
  const responses: RawResponse[] = [];
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`Not a response: ${rest}`);
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Headers(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    );
    const length = Number(headers.get('Content-Length') ?? 0);
    const from = end + 4;
    responses.push({
      status: Number(first.split(' ')[1]),
      headers,
      body: Buffer.from(rest.slice(from, from + length), 'latin1').toString(),
    });
    rest = rest.slice(from + length);
  }
  return responses;
}

/** Sends exactly these header lines and body, and parses the response. */
export async function requestRaw(url: string, lines: readonly string[], body = ''): Promise<RawResponse> {
  const [response] = parseResponses(await sendRaw(url, `${lines.join('\r\n')}\r\n\r\n${body}`));
  if (!response) throw new Error('The connection was closed without a response');
  return response;
}
