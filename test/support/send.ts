import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { keepSecretsIn, keepSecretsOf } from './seen-secrets.ts';

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the test
  readonly body: any;
}

/**
 * Like fetch, but follows no redirects, sends the given Host and adds no headers. `at` is the address that the server listens
 * on, `host` its public host.
 */
export async function send(at: string, host: string, path: string, init: RequestInit = {}): Promise<Response> {
  // Request encodes the body, including FormData and URLSearchParams.
  const prepared = new Request(at, { ...init, method: init.body == null ? 'GET' : 'POST' });
  const body = init.body == null ? undefined : Buffer.from(await prepared.arrayBuffer());
  const headers = {
    Host: host,
    ...Object.fromEntries(prepared.headers),
    ...(body ? { 'Content-Length': body.length } : {}),
  };
  keepSecretsIn(path);
  keepSecretsOf(prepared.headers);
  if (body) keepSecretsIn(body.toString());
  return new Promise((resolve, reject) => {
    const options = {
      path,
      method: init.method ?? 'GET',
      headers,
      agent: false,
      ...(init.signal && { signal: init.signal }),
    };
    const outgoing = request(at, options, (incoming) => {
      buffer(incoming).then(
        (content) => resolve(toResponse(incoming.statusCode ?? 0, incoming.rawHeaders, content)),
        reject,
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function toResponse(status: number, rawHeaders: readonly string[], content: Buffer): Response {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  keepSecretsOf(headers);
  keepSecretsIn(content.toString());
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : new Uint8Array(content), { status, headers });
}

/** Reads the body: an object if it is JSON, otherwise text. */
export async function read(response: Response): Promise<TestResponse> {
  const text = await response.text();
  const json = response.headers.get('Content-Type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}
