import type { Page } from '../browser.ts';
import type { Answer } from '../send.ts';

/** What a request came to, in one line: the status, the code of the error, where it is told, and which parameters came back. */
export type Outcome = string;

/** `sent` is the redirect URI where a case has changed it, so that an answer there can be told from one elsewhere. */
export function outcomeOfPage(page: Page, issuer: string, sent: string | null | undefined): Outcome {
  if (page.location === undefined)
    return page.status === 200 ? `asks for ${new URL(page.url).pathname.slice(1)}` : `${page.status} page`;
  const { search, hash } = new URL(page.location);
  const answer = new URLSearchParams(search === '' ? hash.slice(1) : search);
  if (answer.get('iss') !== issuer) answer.append('iss', 'missing or wrong');
  const where = sent && !page.location.startsWith(sent) ? 'redirect elsewhere' : 'redirect';
  const told = [...answer.keys()].filter((name) => !/^(error|error_description|iss)$/.test(name)).sort();
  const parts = [answer.get('error') ?? '', ...told, ...answer.getAll('iss').slice(1)].filter((part) => part !== '');
  return `${page.status} ${where} ${search === '' ? '#' : '?'} ${parts.join(' ')}`;
}

const SHORT: Record<string, string> = { access_token: 'access', refresh_token: 'refresh', id_token: 'id' };

/** Of the endpoints that answer in JSON. */
export function outcomeOfToken({ status, headers, body }: Answer): Outcome {
  if (typeof body === 'string') return `${status} text`;
  const scheme = headers.get('WWW-Authenticate')?.split(' ')[0];
  const storable = headers.get('Cache-Control') === 'no-store' ? '' : ' (may be stored)';
  if (body.error !== undefined) return `${status} ${body.error}${scheme ? ` ${scheme}` : ''}${storable}`;
  const kinds = Object.keys(SHORT).filter((name) => name in body);
  const { scope, expires_in, token_type } = body;
  const usual = expires_in === 3600 && token_type === 'Bearer' ? '' : ` ${token_type} ${expires_in}`;
  return `${status} ${kinds.map((name) => SHORT[name]).join('+')} for "${scope ?? ''}"${usual}${storable}`;
}

/** Where it counts what is told. */
export const outcomeOfMembers = ({ status, body }: Answer): Outcome =>
  `${status} with ${Object.keys(body).sort().join(' ')}`;
