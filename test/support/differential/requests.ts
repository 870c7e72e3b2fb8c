import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { answerIn, sentTo } from '../authorize.ts';
import type { Browser } from '../browser.ts';
import { ASSERTION_TYPE, seconds } from '../client-assertions.ts';
import { basicOf } from '../client-endpoints.ts';
import { pkce } from '../pkce.ts';
import { read } from '../send.ts';
import type { ComparedServer } from './both-servers.ts';
import { CLIENTS, type ClientId, SIGNED_WITH, secretOf } from './clients.ts';
import { type Outcome, outcomeOfPage, outcomeOfToken } from './outcome.ts';

/** Two of them. */
export const TWICE = '(twice)';
/** What a case changes in a good request: undefined leaves a parameter out. */
export type Change = Readonly<Record<string, string | undefined>>;

/** The same verifier everywhere: what is compared is the servers. */
export const { verifier: VERIFIER, challenge: CHALLENGE } = pkce();

export function changed(good: Readonly<Record<string, string>>, change: Change): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...good, ...change })) {
    if (value === TWICE) for (const _ of [1, 2]) params.append(name, good[name] ?? 'x');
    else if (value !== undefined) params.append(name, value);
  }
  return params;
}

/** A client's usual request for a code. */
export const codeRequest = (client: ClientId): Record<string, string> => ({
  response_type: 'code',
  client_id: client,
  redirect_uri: CLIENTS[client].redirectUris[0] ?? '',
  scope: 'openid read',
  state: 'the-state',
  ...(CLIENTS[client].requirePkce ? { code_challenge: CHALLENGE, code_challenge_method: 'S256' } : {}),
});

/** Where the browser first ends that opens the link, or posts it as a form. */
export async function ask(
  subject: ComparedServer,
  client: ClientId,
  change: Change = {},
  { browser = subject.browser(), post = false }: { browser?: Browser; post?: boolean } = {},
): Promise<Outcome> {
  const query = changed(codeRequest(client), change);
  const page = post
    ? await browser.post('/oauth/authorize', Object.fromEntries(query))
    : await browser.get(`/oauth/authorize?${query}`);
  return outcomeOfPage(page, subject.issuer, change.redirect_uri === undefined ? undefined : query.get('redirect_uri'));
}

/** The person's browser follows the link, signs in and allows what is asked: what the client is sent. */
export async function approve(
  subject: ComparedServer,
  client: ClientId,
  change: Change = {},
  browser = subject.person,
) {
  let page = await browser.get(`/oauth/authorize?${changed(codeRequest(client), change)}`);
  for (let asked = 0; page.location === undefined && asked < 3; asked++)
    page =
      page.html.includes('name="username"') && !page.url.includes('/consent')
        ? await browser.submit(page, subject.credentials)
        : await browser.submit(page, {}, 'allow');
  return answerIn(sentTo(page));
}

export type Method = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** RFC 6749 §2.3, RFC 7523 §2.2 */
export async function authentication(
  { privateKey, issuer }: ComparedServer,
  client: ClientId,
  method: Method = CLIENTS[client].method,
  claims: Record<string, unknown> = {},
): Promise<{ headers: Record<string, string>; form: Record<string, string> }> {
  const secret = secretOf(client);
  if (method === 'client_secret_basic')
    return { headers: { Authorization: basicOf({ clientId: client, secret }) }, form: {} };
  if (method === 'client_secret_post') return { headers: {}, form: { client_id: client, client_secret: secret } };
  if (method === 'none') return { headers: {}, form: { client_id: client } };
  const usual = { iss: client, sub: client, aud: issuer, jti: randomUUID(), iat: seconds(), exp: seconds() + 60 };
  const assertion = new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: SIGNED_WITH, kid: 'k1' });
  return {
    headers: {},
    form: { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion.sign(privateKey) },
  };
}

/** Posts a form as the client would; `headers` on top. */
export async function post(
  subject: ComparedServer,
  path: string,
  form: Record<string, string>,
  change: Change = {},
  headers: Record<string, string | undefined> = {},
) {
  const told = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const body = changed(form, change);
  return read(await subject.request(path, { method: 'POST', body, headers: Object.fromEntries(told) }));
}

/** A token request by that client, authenticated as it is registered to do. */
export async function exchange(
  subject: ComparedServer,
  client: ClientId,
  form: Record<string, string>,
  change: Change = {},
  headers: Record<string, string | undefined> = {},
) {
  const proof = await authentication(subject, client);
  return post(subject, '/oauth/token', { ...form, ...proof.form }, change, { ...proof.headers, ...headers });
}

/** The form that spends a code; `asked` is what the request for it had changed. */
export const spending = (client: ClientId, code: string, asked: Change = {}): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: asked.redirect_uri ?? CLIENTS[client].redirectUris[0] ?? '',
  ...(CLIENTS[client].requirePkce ? { code_verifier: VERIFIER } : {}),
});

/** The same for a fresh code. */
export async function codeForm(subject: ComparedServer, client: ClientId, asked: Change = {}) {
  const { code, error } = await approve(subject, client, asked);
  if (code === undefined) throw new Error(`No code for ${client}: ${error}`);
  return spending(client, code, asked);
}

/** The answer to it. */
export async function tokens(subject: ComparedServer, client: ClientId, change: Change = {}) {
  const { status, body } = await exchange(subject, client, await codeForm(subject, client, change));
  if (status !== 200) throw new Error(`No tokens for ${client}: ${JSON.stringify(body)}`);
  return body;
}

export const refreshForm = (token: string): Record<string, string> => ({
  grant_type: 'refresh_token',
  refresh_token: token,
});

export const spend = async (...request: Parameters<typeof exchange>): Promise<Outcome> =>
  outcomeOfToken(await exchange(...request));
