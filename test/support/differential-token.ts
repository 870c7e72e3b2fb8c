import { randomUUID } from 'node:crypto';
import { CALLBACK } from './authorize.ts';
import { type Contender, SCOPE, SECRET } from './contenders.ts';
import { pkce } from './pkce.ts';

type Form = Record<string, string | undefined>;
type Pair = readonly [string, string];

/** One server, and what a case may do with it: get a code, ask the token endpoint, tell what came of it. */
export interface TokenScene {
  code(clientId?: string, query?: Record<string, string>): Promise<string>;
  /** A refresh token of the client `plain`. */
  refresh(): Promise<string>;
  /** By Basic as `plain`, unless `basic` says otherwise; empty: none. */
  token(form: Form | readonly Pair[], basic?: string, init?: RequestInit): Promise<string>;
  accessToken(): Promise<string>;
}

export type TokenCase = readonly [name: string, run: (scene: TokenScene) => Promise<string>];

const basicOf = (id: string, secret: string): string => `Basic ${btoa(`${id}:${secret}`)}`;
const PLAIN = basicOf('plain', SECRET);
const exchange = (code: string, more: Form = {}): Form => ({
  ...{ grant_type: 'authorization_code', code, redirect_uri: CALLBACK },
  ...more,
});
const refreshing = (refresh_token: string, more: Form = {}): Form => ({
  grant_type: 'refresh_token',
  refresh_token,
  ...more,
});
const SERVICE = { grant_type: 'client_credentials' };

/** Status and error, or what the answer has in it. */
async function told(response: Response): Promise<string> {
  const text = await response.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> & { error?: string };
  const what = body.error ?? Object.keys(body).sort().join(' ');
  const challenge = response.headers.get('WWW-Authenticate')?.split(' ')[0];
  return `${response.status} ${what}${challenge ? ` ${challenge}` : ''}`.trim();
}

export function sceneOf(contender: Contender): TokenScene {
  const scene: TokenScene = {
    code: (clientId = 'plain', query) => contender.code(clientId, query),
    async token(form, ...[basic = PLAIN, init = {}]) {
      const pairs = Array.isArray(form)
        ? form
        : Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      const body = new URLSearchParams(pairs as string[][]);
      const authorization = basic === '' ? {} : { Authorization: basic };
      return told(await contender.ask('/oauth/token', { method: 'POST', body, headers: authorization, ...init }));
    },
    refresh: async () => (await tokens(contender)).refresh_token ?? '',
    accessToken: async () => (await tokens(contender)).access_token ?? '',
  };
  return scene;
}

async function tokens(contender: Contender): Promise<Record<string, string>> {
  const body = new URLSearchParams(exchange(await contender.code('plain')) as Record<string, string>);
  const response = await contender.ask('/oauth/token', { method: 'POST', body, headers: { Authorization: PLAIN } });
  return (await response.json()) as Record<string, string>;
}

const NONE = '';
const { verifier, challenge } = pkce();
const WITH_PKCE = { code_challenge: challenge, code_challenge_method: 'S256' };

export const TOKEN_CASES: readonly TokenCase[] = [
  ['no grant_type', (at) => at.token({ code: 'x' })],
  ['an empty grant_type', (at) => at.token({ grant_type: '' })],
  ['an unknown grant_type', (at) => at.token({ grant_type: 'urn:x' })],
  ['a grant_type in capitals', (at) => at.token({ grant_type: 'CLIENT_CREDENTIALS' })],
  [
    'two grant_types',
    (at) =>
      at.token([
        ['grant_type', 'client_credentials'],
        ['grant_type', 'refresh_token'],
      ]),
  ],
  ['an empty body', (at) => at.token({})],
  [
    'JSON',
    (at) =>
      at.token({}, PLAIN, {
        body: JSON.stringify(SERVICE),
        headers: { Authorization: PLAIN, 'Content-Type': 'application/json' },
      }),
  ],
  [
    'plain text',
    (at) =>
      at.token({}, PLAIN, {
        body: 'grant_type=client_credentials',
        headers: { Authorization: PLAIN, 'Content-Type': 'text/plain' },
      }),
  ],
  ['no client', (at) => at.token(SERVICE, NONE)],
  ['a wrong secret', (at) => at.token(SERVICE, basicOf('plain', 'wrong'))],
  ['an empty secret', (at) => at.token(SERVICE, basicOf('plain', ''))],
  ['an unknown client', (at) => at.token(SERVICE, basicOf('nobody', SECRET))],
  ['Basic that is no Base64', (at) => at.token(SERVICE, 'Basic ???')],
  ['Basic without a colon', (at) => at.token(SERVICE, `Basic ${btoa('plain')}`)],
  ['another scheme', (at) => at.token(SERVICE, 'Digest x')],
  ['basic in small letters', (at) => at.token(SERVICE, PLAIN.replace('Basic', 'basic'))],
  [
    'the secret in the body of a client of Basic',
    (at) => at.token({ ...SERVICE, client_id: 'plain', client_secret: SECRET }, NONE),
  ],
  ['the secret twice', (at) => at.token({ ...SERVICE, client_id: 'plain', client_secret: SECRET })],
  ['Basic and the same client_id', (at) => at.token({ ...SERVICE, client_id: 'plain' })],
  ['Basic and another client_id', (at) => at.token({ ...SERVICE, client_id: 'double' })],
  ['client_id alone, of a confidential client', (at) => at.token({ ...SERVICE, client_id: 'plain' }, NONE)],
  ['a public client with a secret', (at) => at.token({ ...SERVICE, client_id: 'open', client_secret: 'x' }, NONE)],
  ['client credentials', (at) => at.token(SERVICE)],
  ['client credentials, a scope', (at) => at.token({ ...SERVICE, scope: 'read' })],
  ['client credentials, an unknown scope', (at) => at.token({ ...SERVICE, scope: 'unknown' })],
  ['client credentials, openid', (at) => at.token({ ...SERVICE, scope: 'openid' })],
  ['client credentials, a malformed scope', (at) => at.token({ ...SERVICE, scope: 'a"b' })],
  ['client credentials of a public client', (at) => at.token({ ...SERVICE, client_id: 'open' }, NONE)],
  ['a code', async (at) => at.token(exchange(await at.code()))],
  ['a code, and unknown parameters', async (at) => at.token(exchange(await at.code(), { foo: 'bar', scope: 'read' }))],
  ['no code', (at) => at.token({ grant_type: 'authorization_code', redirect_uri: CALLBACK })],
  ['an unknown code', (at) => at.token(exchange(randomUUID()))],
  ['a code with a blank behind it', async (at) => at.token(exchange(`${await at.code()} `))],
  ['a code without redirect_uri', async (at) => at.token(exchange(await at.code(), { redirect_uri: undefined }))],
  [
    'a code with another redirect_uri',
    async (at) => at.token(exchange(await at.code(), { redirect_uri: `${CALLBACK}/` })),
  ],
  ['a code of another client', async (at) => at.token(exchange(await at.code('double')))],
  ['two codes', async (at) => at.token([...Object.entries(exchange(await at.code())), ['code', 'x']] as Pair[])],
  ['a code twice', async (at) => twice(at, exchange(await at.code()))],
  [
    'a code after a wrong redirect_uri',
    async (at) => after(at, await at.code(), { redirect_uri: 'https://x.example' }),
  ],
  [
    'a code with PKCE',
    async (at) => at.token(exchange(await at.code('plain', WITH_PKCE), { code_verifier: verifier })),
  ],
  ['a code with PKCE, no verifier', async (at) => at.token(exchange(await at.code('plain', WITH_PKCE)))],
  [
    'a code with PKCE, a wrong verifier',
    async (at) => at.token(exchange(await at.code('plain', WITH_PKCE), { code_verifier: 'x'.repeat(43) })),
  ],
  [
    'a code with PKCE, a short verifier',
    async (at) => at.token(exchange(await at.code('plain', WITH_PKCE), { code_verifier: 'short' })),
  ],
  [
    'a code with PKCE, the challenge for a verifier',
    async (at) => at.token(exchange(await at.code('plain', WITH_PKCE), { code_verifier: challenge })),
  ],
  ['a code without PKCE, a verifier', async (at) => at.token(exchange(await at.code(), { code_verifier: verifier }))],
  [
    'a code of a public client',
    async (at) =>
      at.token(exchange(await at.code('open', WITH_PKCE), { code_verifier: verifier, client_id: 'open' }), NONE),
  ],
  [
    'a code of a public client, by another',
    async (at) => at.token(exchange(await at.code('open', WITH_PKCE), { code_verifier: verifier })),
  ],
  ['a refresh', async (at) => at.token(refreshing(await at.refresh()))],
  ['a refresh for less', async (at) => at.token(refreshing(await at.refresh(), { scope: 'read' }))],
  ['a refresh for the same', async (at) => at.token(refreshing(await at.refresh(), { scope: SCOPE }))],
  ['a refresh for more', async (at) => at.token(refreshing(await at.refresh(), { scope: `${SCOPE} write` }))],
  ['a refresh for nothing', async (at) => at.token(refreshing(await at.refresh(), { scope: '' }))],
  ['a refresh for a malformed scope', async (at) => at.token(refreshing(await at.refresh(), { scope: '"' }))],
  ['no refresh token', (at) => at.token({ grant_type: 'refresh_token' })],
  ['an unknown refresh token', (at) => at.token(refreshing(randomUUID()))],
  ['an access token for a refresh token', async (at) => at.token(refreshing(await at.accessToken()))],
  [
    'a refresh token of another client',
    async (at) => at.token(refreshing(await at.refresh()), basicOf('double', SECRET)),
  ],
  ['a refresh token twice', async (at) => twice(at, refreshing(await at.refresh()))],
  ['a password', (at) => at.token({ grant_type: 'password', username: 'alice', password: 'x' })],
  ['a device code', (at) => at.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' })],
];

async function twice(at: TokenScene, form: Form): Promise<string> {
  await at.token(form);
  return at.token(form);
}

/** A mistake does not cost an honest client its code. */
async function after(at: TokenScene, code: string, mistake: Form): Promise<string> {
  await at.token(exchange(code, mistake));
  return at.token(exchange(code));
}
