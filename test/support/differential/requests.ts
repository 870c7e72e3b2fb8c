import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { responseParams, sentTo } from '../authorize.ts';
import type { Browser } from '../browser.ts';
import { ASSERTION_TYPE, seconds } from '../client-assertions.ts';
import { basicOf } from '../client-endpoints.ts';
import { pkce } from '../pkce.ts';
import { read } from '../send.ts';
import type { ComparedServer } from './both-servers.ts';
import { CLIENTS, type ClientId, SIGNED_WITH, secretOf } from './clients.ts';
import { type Outcome, outcomeOfPage, outcomeOfToken } from './outcome.ts';

/** As the value of a parameter: the parameter is sent twice. */
export const TWICE = '(twice)';
/** The parameters of a valid request that a case changes. Undefined omits the parameter. */
export type Change = Readonly<Record<string, string | undefined>>;

/** All requests use the same verifier. */
export const { verifier: VERIFIER, challenge: CHALLENGE } = pkce();

export function changed(valid: Readonly<Record<string, string>>, change: Change): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...valid, ...change })) {
    if (value === TWICE) for (const _ of [1, 2]) params.append(name, valid[name] ?? 'x');
    else if (value !== undefined) params.append(name, value);
  }
  return params;
}

/** A valid authorization request of a client. */
export const codeRequest = (client: ClientId): Record<string, string> => ({
  response_type: 'code',
  client_id: client,
  redirect_uri: CLIENTS[client].redirectUris[0] ?? '',
  scope: 'openid read',
  state: 'the-state',
  ...(CLIENTS[client].requirePkce ? { code_challenge: CHALLENGE, code_challenge_method: 'S256' } : {}),
});

/** Sends an authorization request by GET or POST, and returns the outcome of the first page or redirect to the client. */
export async function authorizeOutcome(
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

/** Sends an authorization request, signs in if needed and allows it. Returns the response parameters that the client gets. */
export async function approve(
  subject: ComparedServer,
  client: ClientId,
  change: Change = {},
  browser = subject.userBrowser,
) {
  let page = await browser.get(`/oauth/authorize?${changed(codeRequest(client), change)}`);
  for (let pages = 0; page.location === undefined && pages < 3; pages++)
    page =
      page.html.includes('name="username"') && !page.url.includes('/consent')
        ? await browser.submit(page, subject.credentials)
        : await browser.submit(page, {}, 'allow');
  return responseParams(sentTo(page));
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

/** Posts a form with these headers. */
export async function post(
  subject: ComparedServer,
  path: string,
  form: Record<string, string>,
  change: Change = {},
  headers: Record<string, string | undefined> = {},
) {
  const defined = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const body = changed(form, change);
  return read(await subject.request(path, { method: 'POST', body, headers: Object.fromEntries(defined) }));
}

/** Sends a token request of the client, with its registered authentication method. */
export async function exchange(
  subject: ComparedServer,
  client: ClientId,
  form: Record<string, string>,
  change: Change = {},
  headers: Record<string, string | undefined> = {},
) {
  const credentials = await authentication(subject, client);
  const allHeaders = { ...credentials.headers, ...headers };
  return post(subject, '/oauth/token', { ...form, ...credentials.form }, change, allHeaders);
}

/** The form that exchanges a code. `requested` are the parameters that the authorization request changed. */
export const codeExchangeForm = (client: ClientId, code: string, requested: Change = {}): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: requested.redirect_uri ?? CLIENTS[client].redirectUris[0] ?? '',
  ...(CLIENTS[client].requirePkce ? { code_verifier: VERIFIER } : {}),
});

/** The form that exchanges a new code. */
export async function codeForm(subject: ComparedServer, client: ClientId, requested: Change = {}) {
  const { code, error } = await approve(subject, client, requested);
  if (code === undefined) throw new Error(`No code for ${client}: ${error}`);
  return codeExchangeForm(client, code, requested);
}

/** The token response for a new code. */
export async function tokens(subject: ComparedServer, client: ClientId, change: Change = {}) {
  const { status, body } = await exchange(subject, client, await codeForm(subject, client, change));
  if (status !== 200) throw new Error(`No tokens for ${client}: ${JSON.stringify(body)}`);
  return body;
}

export const refreshForm = (token: string): Record<string, string> => ({
  grant_type: 'refresh_token',
  refresh_token: token,
});

export const exchangeOutcome = async (...request: Parameters<typeof exchange>): Promise<Outcome> =>
  outcomeOfToken(await exchange(...request));
