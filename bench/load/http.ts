/** One HTTP/1.1 POST request on a kept-alive connection. `headers` may replace the `Host`. */
export function post(path: string, type: string, body: string, headers: Record<string, string>): string {
  const all = {
    Host: 'localhost',
    ...headers,
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(body)),
  };
  return `POST ${path} HTTP/1.1\r\n${headerLines(all)}\r\n${body}`;
}

export const postForm = (path: string, form: Record<string, string>, headers: Record<string, string>): string =>
  post(path, 'application/x-www-form-urlencoded', new URLSearchParams(form).toString(), headers);

export const get = (path: string, headers: Record<string, string>): string =>
  `GET ${path} HTTP/1.1\r\n${headerLines({ Host: 'localhost', ...headers })}\r\n`;

export const basic = (id: string, secret: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const headerLines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** Head and body. */
  readonly text: string;
}

/** The response at the start of `text`; undefined while it is incomplete. Reads both framings of RFC 9112 §6 that a server may use. */
export function parseResponse(text: string): HttpResponse | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  const body = length === undefined ? chunked(text, head + 4) : fixedLength(text, head + 4, Number(length));
  return body === undefined ? undefined : { status: Number(text.slice(9, 12)), body, text };
}

const fixedLength = (text: string, from: number, length: number): string | undefined =>
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
