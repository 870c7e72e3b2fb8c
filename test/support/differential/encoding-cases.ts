import type { ComparedServer } from './both-servers.ts';
import { type Case, DIFFERS, LOGIN, PAGE } from './case.ts';
import { type Outcome, outcomeOfPage } from './outcome.ts';
import { changed, codeRequest } from './requests.ts';

/** Text that is appended to a valid request without encoding. */
const APPENDED: Record<string, Outcome> = {
  'nonce=%zz': DIFFERS,
  'nonce=%ff%fe': DIFFERS,
  'nonce=%0d%0aLocation:%20https://evil.example': LOGIN,
  '__proto__=x': LOGIN,
  'constructor=x': LOGIN,
  'nonce[]=x': LOGIN,
  'flavour[a][b]=x': LOGIN,
  '&&&': LOGIN,
  '=x': LOGIN,
  nonce: LOGIN,
  'nonce=a+b': LOGIN,
  'nonce=a;display=popup': LOGIN,
  '%6eonce=x': LOGIN,
};

async function withAppended(subject: ComparedServer, text: string): Promise<Outcome> {
  const page = await subject.browser().get(`/oauth/authorize?${changed(codeRequest('web'), {})}&${text}`);
  return outcomeOfPage(page, subject.issuer, undefined);
}

/** OpenID Connect Core 1.0 §3.1.2.1: the parameters are form-encoded. */
async function asJson(subject: ComparedServer): Promise<Outcome> {
  const body = JSON.stringify(codeRequest('web'));
  const headers = { 'Content-Type': 'application/json' };
  const { status, headers: received } = await subject.request('/oauth/authorize', { method: 'POST', body, headers });
  return `${status} ${received.has('Location') ? 'redirect' : 'page'}`;
}

/** RFC 6749 App. B */
export const ENCODING_CASES: readonly Case[] = [
  ...Object.entries(APPENDED).map(([text, outcome]) => ({
    name: `authorize with ${text} appended`,
    outcome,
    run: (subject: ComparedServer) => withAppended(subject, text),
  })),
  { name: 'authorize by POST: as JSON', outcome: PAGE, run: asJson },
];
