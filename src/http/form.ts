import { isUtf8 } from 'node:buffer';
import getRawBody from 'raw-body';
import { OAuthError } from '../oauth/error.ts';
import { decodeForm, type Params } from '../oauth/params.ts';
import type { HttpContext } from './context.ts';

/** Maximum size of a form in bytes. A larger one gets 413. */
const LIMIT = 32 * 1024;

/** The query parameters. */
export const readQuery = (ctx: HttpContext): Params => parseUrlEncoded(ctx.querystring);

/** RFC 6749 §3.2: the form-encoded body. */
export async function readForm(ctx: HttpContext): Promise<Params> {
  if (mediaType(ctx) !== 'application/x-www-form-urlencoded') throw wrongEncoding(ctx);
  return parseUrlEncoded(decode(await readBody(ctx)));
}

/** Also accepts multipart without files, because `curl -F` sends it. */
export async function readTokenForm(ctx: HttpContext): Promise<Params> {
  if (mediaType(ctx) !== 'multipart/form-data') return readForm(ctx);
  const body = await readBody(ctx);
  const headers = { 'content-type': ctx.get('content-type') };
  const form = await new Response(new Uint8Array(body), { headers }).formData().catch(() => {
    throw new OAuthError('invalid_request', 'The multipart body is malformed.');
  });
  const params = new Map<string, string[]>();
  for (const [name, value] of form) {
    if (typeof value !== 'string') throw new OAuthError('invalid_request', 'Files are not accepted here.');
    add(params, name, value);
  }
  return params;
}

const mediaType = ({ req }: HttpContext): string =>
  req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';

function wrongEncoding(ctx: HttpContext): OAuthError {
  const sent = mediaType(ctx) === 'application/json' ? ' (JSON was sent)' : '';
  return new OAuthError('invalid_request', `Send the parameters as application/x-www-form-urlencoded${sent}.`);
}

async function readBody(ctx: HttpContext): Promise<Buffer> {
  const { 'content-encoding': encoding = '', 'content-length': length = null } = ctx.req.headers;
  if (encoding !== '') throw new OAuthError('invalid_request', 'A compressed body is not accepted.');
  return ctx.state.concurrency.whileReceiving(() => getRawBody(ctx.req, { limit: LIMIT, length }));
}

function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new OAuthError('invalid_request', 'The body is not UTF-8.');
  return bytes.toString();
}

/** Parses strictly: invalid percent-encoding or UTF-8 is an error. Repeated parameters keep all values. */
export function parseUrlEncoded(text: string): Params {
  const params = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    add(
      params,
      percentDecode(equals < 0 ? pair : pair.slice(0, equals)),
      percentDecode(equals < 0 ? '' : pair.slice(equals + 1)),
    );
  }
  return params;
}

function add(params: Map<string, string[]>, name: string, value: string): void {
  const values = params.get(name);
  if (values) values.push(value);
  else params.set(name, [value]);
}

function percentDecode(text: string): string {
  const decoded = decodeForm(text);
  if (decoded === undefined)
    throw new OAuthError('invalid_request', 'A parameter is not properly percent-encoded UTF-8.');
  return decoded;
}
