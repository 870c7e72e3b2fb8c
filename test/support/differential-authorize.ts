import { CALLBACK } from './authorize.ts';
import type { Contender } from './contenders.ts';

type Value = string | readonly string[] | undefined;

/** A request to the authorization endpoint: how it differs from a plain good one, and how it is sent. */
export type AuthorizeCase = readonly [
  name: string,
  changes: Readonly<Record<string, Value>>,
  how?: 'POST' | 'JSON' | 'raw',
];

const BASE = { response_type: 'code', client_id: 'plain', redirect_uri: CALLBACK, scope: 'openid', state: 's' };
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const S256 = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

/** Every parameter on its own, good and bad: `name=value`, or without a value where it is left out. */
const single = (name: string, ...values: Value[]): AuthorizeCase[] =>
  values.map((value) => [value === undefined ? `no ${name}` : `${name}=${JSON.stringify(value)}`, { [name]: value }]);

export const AUTHORIZE_CASES: readonly AuthorizeCase[] = [
  ['a good request', {}],
  ['a good request by POST', {}, 'POST'],
  ['JSON', {}, 'JSON'],
  ['broken percent-encoding', { scope: '%zz' }, 'raw'],
  ['bytes that are no UTF-8', { state: '%ff%fe' }, 'raw'],
  ...single('client_id', undefined, '', 'nobody', 'PLAIN', ' plain', ['plain', 'plain'], 'plain\0'),
  ...single(
    'redirect_uri',
    undefined,
    '',
    `${CALLBACK}/`,
    `${CALLBACK}?x=1`,
    `${CALLBACK}#f`,
    'https://CLIENT.example/cb',
  ),
  ...single('redirect_uri', 'https://client.example:443/cb', 'http://client.example/cb', 'https://evil.example/cb'),
  ...single('redirect_uri', 'https://client.example/a/../cb', 'https://client.example@evil.example/cb', '/cb', 'x'),
  ...single('redirect_uri', [CALLBACK, CALLBACK], 'javascript:alert(1)', `${CALLBACK}%00`),
  ['the second of two addresses', { client_id: 'double', redirect_uri: `${CALLBACK}/other?tenant=1` }],
  ['none of two addresses', { client_id: 'double', redirect_uri: undefined, scope: 'read' }],
  ['the second address without its query', { client_id: 'double', redirect_uri: `${CALLBACK}/other` }],
  ...single('response_type', undefined, '', 'CODE', 'token', 'id_token', 'none', 'code token', 'code id_token', 'x'),
  ...single('response_type', ['code', 'code']),
  ...single('response_mode', 'query', 'fragment', 'form_post', 'web_message', 'x', ''),
  ...single('scope', undefined, '', 'openid read', 'read openid', 'openid openid', 'openid unknown', 'unknown', 'read'),
  ...single(
    'scope',
    'openid  read',
    'openid\tread',
    'openid "read"',
    'OPENID',
    ['openid', 'read'],
    'openid offline_access',
  ),
  ...single('state', undefined, '', 'x'.repeat(2000), ['a', 'b'], 'a b&c=d#é', '\r\nLocation: https://evil.example'),
  ...single('nonce', 'n', '', ['a', 'b']),
  ['PKCE', S256],
  ['PKCE, plain', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }],
  ['PKCE without a method', { code_challenge: CHALLENGE }],
  ['PKCE, a method without a challenge', { code_challenge_method: 'S256' }],
  ['PKCE, a short challenge', { code_challenge: 'short', code_challenge_method: 'S256' }],
  ['PKCE, padding', { code_challenge: `${CHALLENGE}=`, code_challenge_method: 'S256' }],
  ['PKCE, another method', { code_challenge: CHALLENGE, code_challenge_method: 'S512' }],
  ['PKCE, two challenges', { ...S256, code_challenge: [CHALLENGE, CHALLENGE] }],
  ['PKCE where it must be', { client_id: 'careful', ...S256 }],
  ['no PKCE where it must be', { client_id: 'careful' }],
  ['no PKCE of a public client', { client_id: 'open' }],
  ['PKCE of a public client', { client_id: 'open', ...S256 }],
  ...single('prompt', 'none', 'login', 'consent', 'select_account', 'none login', 'create', 'x', 'login consent', ''),
  ...single('max_age', '0', '10000', '-1', '1.5', 'x', ''),
  ['prompt=none and max_age', { prompt: 'none', max_age: '1' }],
  ...single('id_token_hint', 'x', 'a.b.c', ''),
  ...single('claims', '{"userinfo":{"name":null}}', 'x', '[]', '1'),
  ...single('claims', '{"userinfo":1}'),
  ['claims, an acr that cannot be had', { claims: '{"id_token":{"acr":{"essential":true,"values":["9"]}}}' }],
  ['claims, a sub of nobody', { claims: '{"id_token":{"sub":{"value":"nobody"}}}' }],
  ...single('request', 'x', ''),
  ...single('request_uri', 'https://client.example/r', 'urn:x'),
  ...single('registration', '{}'),
  ...single('login_hint', 'ada@example.com'),
  ...single('ui_locales', 'fr', 'not a locale'),
  ...single('display', 'page', 'popup', 'x'),
  ...single('acr_values', '9'),
  ...single('foo', 'bar', ['a', 'b']),
  ...single('__proto__', 'x'),
  ...single('client_secret', 'x'),
];

/** What came of it, in a few words: `asks` is the way to the sign-in. */
export async function outcomeOfAuthorize(contender: Contender, [, changes, how]: AuthorizeCase): Promise<string> {
  const merged = Object.entries({ ...BASE, ...changes }).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  const encoded =
    how === 'raw'
      ? merged.map(([name, value]) => `${name}=${value}`).join('&')
      : new URLSearchParams(merged).toString();
  if (how === 'POST' || how === 'JSON') {
    const json = how === 'JSON';
    const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
    const body = json ? JSON.stringify(Object.fromEntries(merged)) : encoded;
    return told(
      contender,
      await contender.ask('/oauth/authorize', { method: 'POST', body, headers: { 'Content-Type': type } }),
    );
  }
  return told(contender, await contender.ask(`/oauth/authorize?${encoded}`));
}

async function told(contender: Contender, response: Response): Promise<string> {
  const location = response.headers.get('Location') ?? '';
  if (/\/oauth\/authorize\?/.test(location)) {
    // A POST without a cookie is asked for again by GET.
    const { pathname, search } = new URL(location, 'http://x');
    return told(contender, await contender.ask(pathname + search));
  }
  if (/^(https?:\/\/[^/]+)?\/(login|interaction)\b/.test(location) && !location.startsWith('https://client'))
    return 'asks';
  if (location === '') return `page ${response.status}`;
  const url = new URL(location);
  const [part, answer] =
    url.hash === '' ? ['', url.searchParams] : [' in the fragment', new URLSearchParams(url.hash.slice(1))];
  const state = answer.has('state') ? '' : ', no state';
  const iss = answer.has('iss') ? '' : ', no iss';
  return `${answer.get('error') ?? 'code'}${part}${state}${iss}`;
}
