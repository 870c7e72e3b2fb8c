import type { Page } from '../browser.ts';
import type { TestResponse } from '../send.ts';

/** The result of a request in one line: the status, the error code, where it was reported and the names of the response parameters. */
export type Outcome = string;

/** `sent` is the redirect URI if a case changed it: the outcome says if the response went elsewhere. */
export function outcomeOfPage(page: Page, issuer: string, sent: string | null | undefined): Outcome {
  if (page.location === undefined)
    return page.status === 200 ? `asks for ${new URL(page.url).pathname.slice(1)}` : `${page.status} page`;
  const { search, hash } = new URL(page.location);
  const response = new URLSearchParams(search === '' ? hash.slice(1) : search);
  if (response.get('iss') !== issuer) response.append('iss', 'missing or wrong');
  const where = sent && !page.location.startsWith(sent) ? 'redirect elsewhere' : 'redirect';
  const names = [...response.keys()].filter((name) => !/^(error|error_description|iss)$/.test(name)).sort();
  const parts = [response.get('error') ?? '', ...names, ...response.getAll('iss').slice(1)].filter(
    (part) => part !== '',
  );
  return `${page.status} ${where} ${search === '' ? '#' : '?'} ${parts.join(' ')}`;
}

const SHORT: Record<string, string> = { access_token: 'access', refresh_token: 'refresh', id_token: 'id' };

/** The outcome of an endpoint with JSON responses. */
export function outcomeOfToken({ status, headers, body }: TestResponse): Outcome {
  if (typeof body === 'string') return `${status} text`;
  const scheme = headers.get('WWW-Authenticate')?.split(' ')[0];
  const storable = headers.get('Cache-Control') === 'no-store' ? '' : ' (may be stored)';
  if (body.error !== undefined) return `${status} ${body.error}${scheme ? ` ${scheme}` : ''}${storable}`;
  const kinds = Object.keys(SHORT).filter((name) => name in body);
  const { scope, expires_in, token_type } = body;
  const usual = expires_in === 3600 && token_type === 'Bearer' ? '' : ` ${token_type} ${expires_in}`;
  return `${status} ${kinds.map((name) => SHORT[name]).join('+')} for "${scope ?? ''}"${usual}${storable}`;
}

/** The outcome if the names of the members are compared. */
export const outcomeOfMembers = ({ status, body }: TestResponse): Outcome =>
  `${status} with ${Object.keys(body).sort().join(' ')}`;
