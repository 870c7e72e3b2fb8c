import { decodeJwt } from 'jose';
import { CALLBACK } from '../authorize.ts';
import { basicOf } from '../client-endpoints.ts';
import { read, type TestResponse } from '../send.ts';
import type { ComparedServer } from './both-servers.ts';
import { type Case, DIFFERS } from './case.ts';
import { type ClientId, secretOf } from './clients.ts';
import { type Outcome, outcomeOfMembers, outcomeOfToken } from './outcome.ts';
import {
  authentication,
  type Change,
  codeForm,
  exchange,
  exchangeOutcome,
  post,
  refreshForm,
  TWICE,
  tokens,
} from './requests.ts';

type Kind = 'access_token' | 'refresh_token';
type Endpoint = 'revoke' | 'introspect';

/** The token that is sent: one of the client, one of another client, or a text. */
type Token = Kind | { readonly of: ClientId; readonly kind: Kind } | { readonly text: string };

async function endpointOutcome(
  subject: ComparedServer,
  endpoint: Endpoint,
  client: ClientId,
  token: string,
  change: Change = {},
) {
  const { headers, form } = await authentication(subject, client);
  return outcomeAt(endpoint, await post(subject, `/oauth/${endpoint}`, { token, ...form }, change, headers));
}

const outcomeAt = (endpoint: Endpoint, response: TestResponse): Outcome => {
  if (response.body?.error !== undefined) return outcomeOfToken(response);
  return endpoint === 'revoke' ? `${response.status}` : `${outcomeOfMembers(response)}, active ${response.body.active}`;
};

async function tokenFor(subject: ComparedServer, client: ClientId, token: Token): Promise<string> {
  if (typeof token === 'object' && 'text' in token) return token.text;
  const { of, kind } = typeof token === 'object' ? token : { of: client, kind: token };
  return of === 'service' ? (await serviceToken(subject)).access_token : (await tokens(subject, of))[kind];
}

const serviceToken = async (subject: ComparedServer) =>
  (await exchange(subject, 'service', { grant_type: 'client_credentials', scope: 'read' })).body;

const INACTIVE = '200 with active, active false';
const MALFORMED = '400 invalid_request';

const ROWS: readonly [name: string, outcome: Outcome, client: ClientId, token: Token, change?: Change][] = [
  ['revoke: a refresh token', '200', 'web', 'refresh_token'],
  ['revoke: an access token', '200', 'web', 'access_token'],
  ['revoke: with a wrong hint', '200', 'web', 'access_token', { token_type_hint: 'refresh_token' }],
  ['revoke: with an unknown hint', '200', 'web', 'access_token', { token_type_hint: 'coffee' }],
  ['revoke: a malformed token', '200', 'web', { text: 'nonsense' }],
  ['revoke: token omitted', DIFFERS, 'web', { text: 'x' }, { token: undefined }],
  ['revoke: token empty', DIFFERS, 'web', { text: '' }],
  ['revoke: token twice', DIFFERS, 'web', { text: 'x' }, { token: TWICE }],
  ['revoke: by another client', DIFFERS, 'other', { of: 'plain', kind: 'refresh_token' }],
  ['revoke: by a public client, its own', '200', 'page', 'refresh_token'],
  ['revoke: by a public client, of another', '200', 'page', { of: 'plain', kind: 'refresh_token' }],
  ['introspect: an access token', DIFFERS, 'web', 'access_token'],
  ['introspect: a refresh token', DIFFERS, 'web', 'refresh_token'],
  ['introspect: with a wrong hint', DIFFERS, 'web', 'access_token', { token_type_hint: 'refresh_token' }],
  ['introspect: a token of a service', DIFFERS, 'service', 'access_token'],
  ['introspect: a malformed token', INACTIVE, 'web', { text: 'nonsense' }],
  ['introspect: of another client', INACTIVE, 'other', { of: 'plain', kind: 'access_token' }],
  ['introspect: token omitted', MALFORMED, 'web', { text: 'x' }, { token: undefined }],
  ['introspect: token twice', MALFORMED, 'web', { text: 'x' }, { token: TWICE }],
  ['introspect: by a public client', DIFFERS, 'page', 'access_token'],
];

const SEQUENCES: Record<string, readonly [outcome: Outcome, run: Case['run']]> = {
  'revoke: without client authentication': [
    DIFFERS,
    async (subject) => outcomeOfToken(await post(subject, '/oauth/revoke', { token: 'x' })),
  ],
  'introspect: without client authentication': [
    DIFFERS,
    async (subject) => outcomeOfToken(await post(subject, '/oauth/introspect', { token: 'x' })),
  ],
  'revoke: a second time': [
    '200',
    async (subject) => {
      const { refresh_token } = await tokens(subject, 'web');
      await endpointOutcome(subject, 'revoke', 'web', refresh_token);
      return endpointOutcome(subject, 'revoke', 'web', refresh_token);
    },
  ],
  'revoke: a refresh token, then refresh': [
    '400 invalid_grant',
    async (subject) => {
      const { refresh_token } = await tokens(subject, 'web');
      await endpointOutcome(subject, 'revoke', 'web', refresh_token);
      return exchangeOutcome(subject, 'web', refreshForm(refresh_token));
    },
  ],
  'revoke: a refresh token, then its access token': [
    INACTIVE,
    async (subject) => {
      const { refresh_token, access_token } = await tokens(subject, 'web');
      await endpointOutcome(subject, 'revoke', 'web', refresh_token);
      return endpointOutcome(subject, 'introspect', 'web', access_token);
    },
  ],
  'revoke: an access token, then refresh': [
    DIFFERS,
    async (subject) => {
      const { refresh_token, access_token } = await tokens(subject, 'web');
      await endpointOutcome(subject, 'revoke', 'web', access_token);
      return exchangeOutcome(subject, 'web', refreshForm(refresh_token));
    },
  ],
  'introspect: a code': [
    INACTIVE,
    async (subject) => endpointOutcome(subject, 'introspect', 'web', (await codeForm(subject, 'web')).code ?? ''),
  ],
  'introspect: a refresh token that was used': [
    INACTIVE,
    async (subject) => {
      const { refresh_token } = await tokens(subject, 'web');
      await exchangeOutcome(subject, 'web', refreshForm(refresh_token));
      return endpointOutcome(subject, 'introspect', 'web', refresh_token);
    },
  ],
  'ID token: names of the claims': [
    DIFFERS,
    async (subject) =>
      Object.keys(decodeJwt((await tokens(subject, 'web', { nonce: 'n', max_age: '1000' })).id_token))
        .sort()
        .join(' '),
  ],
};

const MULTIPART = new FormData();
for (const [name, value] of Object.entries({ grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK }))
  MULTIPART.set(name, value);

/** RFC 6749 §3.2: encodings of a request to the token endpoint. */
const ENCODINGS: readonly [name: string, outcome: Outcome, init: RequestInit, query?: string][] = [
  ['JSON', MALFORMED, { body: '{"grant_type":"authorization_code"}', headers: { 'Content-Type': 'application/json' } }],
  ['no Content-Type', MALFORMED, { body: new Uint8Array(Buffer.from('grant_type=authorization_code&code=x')) }],
  ['multipart', DIFFERS, { body: MULTIPART }],
  ['an empty body', MALFORMED, { body: new URLSearchParams() }],
  ['in the URL', MALFORMED, { body: new URLSearchParams() }, '?grant_type=authorization_code&code=x'],
  ['by GET', DIFFERS, { method: 'GET' }, '?grant_type=authorization_code&code=x'],
];

const Authorization = basicOf({ clientId: 'plain', secret: secretOf('plain') });

/** RFC 7009, RFC 7662 */
export const ENDPOINT_CASES: readonly Case[] = [
  ...ROWS.map(
    ([name, outcome, client, token, change]): Case => ({
      name,
      outcome,
      run: async (subject) =>
        endpointOutcome(
          subject,
          name.startsWith('revoke') ? 'revoke' : 'introspect',
          client,
          await tokenFor(subject, client, token),
          change,
        ),
    }),
  ),
  ...Object.entries(SEQUENCES).map(([name, [outcome, run]]) => ({ name, outcome, run })),
  ...ENCODINGS.map(
    ([name, outcome, init, query = '']): Case => ({
      name: `form: ${name}`,
      outcome,
      run: async (subject) => {
        const headers = { Authorization, ...(init.headers as Record<string, string> | undefined) };
        return outcomeOfToken(
          await read(await subject.request(`/oauth/token${query}`, { method: 'POST', ...init, headers })),
        );
      },
    }),
  ),
];
