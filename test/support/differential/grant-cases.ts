import { CALLBACK } from '../authorize.ts';
import type { ComparedServer } from './both-servers.ts';
import { type Case, DIFFERS } from './case.ts';
import type { ClientId } from './clients.ts';
import type { Outcome } from './outcome.ts';
import { type Change, codeForm, exchange, exchangeOutcome, refreshForm, TWICE, tokens } from './requests.ts';

const ALL = '200 access+refresh+id for "openid read"';
const MALFORMED = '400 invalid_request';

type Rows = readonly (readonly [name: string, outcome: Outcome, change: Change, client?: ClientId])[];

const REFRESHES: Rows = [
  ['a valid request', ALL, {}],
  ['by a public client', ALL, {}, 'page'],
  ['by a native app', ALL, {}, 'native'],
  ['grant_type omitted', MALFORMED, { grant_type: undefined }],
  ['grant_type empty', MALFORMED, { grant_type: '' }],
  ['grant_type twice', MALFORMED, { grant_type: TWICE }],
  ['refresh_token omitted', MALFORMED, { refresh_token: undefined }],
  ['refresh_token empty', MALFORMED, { refresh_token: '' }],
  ['refresh_token twice', MALFORMED, { refresh_token: TWICE }],
  ['refresh_token that is malformed', '400 invalid_grant', { refresh_token: 'nonsense' }],
  ['the same scope', ALL, { scope: 'openid read' }],
  ['a narrower scope', '200 access+refresh for "read"', { scope: 'read' }],
  ['a wider scope', '400 invalid_scope', { scope: 'openid read email' }],
  ['scope unknown', '400 invalid_scope', { scope: 'openid nonsense' }],
  ['scope malformed', '400 invalid_scope', { scope: 'openid "' }],
  ['scope empty', ALL, { scope: '' }],
  ['scope of spaces only', '400 invalid_scope', { scope: '  ' }],
  ['scope twice', MALFORMED, { scope: TWICE }],
  ['redirect_uri sent along', ALL, { redirect_uri: CALLBACK }],
];

const SERVICES: Rows = [
  ['a valid request', '200 access for "read"', {}],
  ['two scopes', '200 access for "read groups"', { scope: 'read groups' }],
  ['scope omitted', DIFFERS, { scope: undefined }],
  ['scope empty', DIFFERS, { scope: '' }],
  ['scope twice', MALFORMED, { scope: TWICE }],
  ['scope unknown', DIFFERS, { scope: 'nonsense' }],
  ['scope not allowed to the client', '400 invalid_scope', { scope: 'write' }],
  ['scope malformed', '400 invalid_scope', { scope: 'read "' }],
  ['scope of spaces only', '400 invalid_scope', { scope: '  ' }],
  ['by a client not registered for it', DIFFERS, {}, 'web'],
  ['by a public client', DIFFERS, {}, 'page'],
  ['a refresh token sent along', '200 access for "read"', { refresh_token: 'x' }],
];

const GRANT_TYPES: Record<string, Outcome> = {
  password: DIFFERS,
  implicit: '400 unsupported_grant_type',
  'urn:ietf:params:oauth:grant-type:device_code': '400 unsupported_grant_type',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': '400 unsupported_grant_type',
  'urn:ietf:params:oauth:grant-type:token-exchange': '400 unsupported_grant_type',
  coffee: '400 unsupported_grant_type',
  AUTHORIZATION_CODE: '400 unsupported_grant_type',
  'authorization_code ': '400 unsupported_grant_type',
};

/** The form with a new refresh token. */
const newRefreshForm = async (subject: ComparedServer, client: ClientId = 'web') =>
  refreshForm((await tokens(subject, client)).refresh_token);

const SEQUENCES: Record<string, readonly [outcome: Outcome, run: Case['run']]> = {
  'refresh: without openid': [
    '200 access+refresh for "read"',
    async (subject) =>
      exchangeOutcome(subject, 'web', refreshForm((await tokens(subject, 'web', { scope: 'read' })).refresh_token)),
  ],
  'refresh: by another client': [
    '400 invalid_grant',
    async (subject) => exchangeOutcome(subject, 'other', await newRefreshForm(subject, 'plain')),
  ],
  'refresh: by another public client': [
    '400 invalid_grant',
    async (subject) => exchangeOutcome(subject, 'page', await newRefreshForm(subject, 'native')),
  ],
  'refresh: by its client after another one tried': [
    ALL,
    async (subject) => {
      const form = await newRefreshForm(subject, 'plain');
      await exchangeOutcome(subject, 'other', form);
      return exchangeOutcome(subject, 'plain', form);
    },
  ],
  'refresh: by a client not registered for it': [
    DIFFERS,
    (subject) => exchangeOutcome(subject, 'once', refreshForm('a malformed token')),
  ],
  'refresh: an access token': [
    '400 invalid_grant',
    async (subject) => exchangeOutcome(subject, 'web', refreshForm((await tokens(subject, 'web')).access_token)),
  ],
  'refresh: a code': [
    '400 invalid_grant',
    async (subject) => exchangeOutcome(subject, 'web', refreshForm((await codeForm(subject, 'web')).code ?? '')),
  ],
  'refresh: the successor': [ALL, (subject) => twoSteps(subject, {}, {})],
  'refresh: narrowed, then all scopes again': [
    ALL,
    (subject) => twoSteps(subject, { scope: 'openid' }, { scope: 'openid read' }),
  ],
  'refresh: a second time': [
    '400 invalid_grant',
    async (subject) => {
      const form = await newRefreshForm(subject);
      await exchangeOutcome(subject, 'web', form);
      return exchangeOutcome(subject, 'web', form);
    },
  ],
  'refresh: a second time, then the successor': [
    '400 invalid_grant',
    async (subject) => {
      const form = await newRefreshForm(subject);
      const { body } = await exchange(subject, 'web', form);
      await exchangeOutcome(subject, 'web', form);
      return exchangeOutcome(subject, 'web', refreshForm(body.refresh_token));
    },
  ],
  'refresh: after a refusal for its scope': [
    ALL,
    async (subject) => {
      const form = await newRefreshForm(subject);
      await exchangeOutcome(subject, 'web', form, { scope: 'openid write' });
      return exchangeOutcome(subject, 'web', form);
    },
  ],
  'authorization_code: by a client not registered for it': [
    DIFFERS,
    (subject) =>
      exchangeOutcome(subject, 'service', { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK }),
  ],
};

async function twoSteps(subject: ComparedServer, first: Change, second: Change): Promise<Outcome> {
  const { body } = await exchange(subject, 'web', await newRefreshForm(subject), first);
  return exchangeOutcome(subject, 'web', refreshForm(body.refresh_token), second);
}

/** RFC 6749 §6, §4.4, §5.2 */
export const GRANT_CASES: readonly Case[] = [
  ...REFRESHES.map(
    ([name, outcome, change, client = 'web']): Case => ({
      name: `refresh: ${name}`,
      outcome,
      run: async (subject) => exchangeOutcome(subject, client, await newRefreshForm(subject, client), change),
    }),
  ),
  ...Object.entries(SEQUENCES).map(([name, [outcome, run]]) => ({ name, outcome, run })),
  ...SERVICES.map(
    ([name, outcome, change, client = 'service']): Case => ({
      name: `client_credentials: ${name}`,
      outcome,
      run: (subject) => exchangeOutcome(subject, client, { grant_type: 'client_credentials', scope: 'read' }, change),
    }),
  ),
  ...Object.entries(GRANT_TYPES).map(
    ([grantType, outcome]): Case => ({
      name: `grant_type=${grantType}`,
      outcome,
      run: (subject) => exchangeOutcome(subject, 'web', { grant_type: grantType, code: 'x' }),
    }),
  ),
];
