import { CALLBACK } from '../authorize.ts';
import type { ComparedServer } from './both-servers.ts';
import { type Case, DIFFERS } from './case.ts';
import type { ClientId } from './clients.ts';
import type { Outcome } from './outcome.ts';
import { type Change, codeForm, exchange, refreshForm, spend, TWICE, tokens } from './requests.ts';

const ALL = '200 access+refresh+id for "openid read"';
const MALFORMED = '400 invalid_request';

type Rows = readonly (readonly [name: string, outcome: Outcome, change: Change, client?: ClientId])[];

const REFRESHES: Rows = [
  ['the usual one', ALL, {}],
  ['by a public client', ALL, {}, 'page'],
  ['by a native app', ALL, {}, 'native'],
  ['grant_type left out', MALFORMED, { grant_type: undefined }],
  ['grant_type empty', MALFORMED, { grant_type: '' }],
  ['grant_type twice', MALFORMED, { grant_type: TWICE }],
  ['refresh_token left out', MALFORMED, { refresh_token: undefined }],
  ['refresh_token empty', MALFORMED, { refresh_token: '' }],
  ['refresh_token twice', MALFORMED, { refresh_token: TWICE }],
  ['refresh_token of nonsense', '400 invalid_grant', { refresh_token: 'nonsense' }],
  ['scope the same', ALL, { scope: 'openid read' }],
  ['scope narrower', '200 access+refresh for "read"', { scope: 'read' }],
  ['scope wider', '400 invalid_scope', { scope: 'openid read email' }],
  ['scope unknown', '400 invalid_scope', { scope: 'openid nonsense' }],
  ['scope malformed', '400 invalid_scope', { scope: 'openid "' }],
  ['scope empty', ALL, { scope: '' }],
  ['scope of blanks', '400 invalid_scope', { scope: '  ' }],
  ['scope twice', MALFORMED, { scope: TWICE }],
  ['redirect_uri sent along', ALL, { redirect_uri: CALLBACK }],
];

const SERVICES: Rows = [
  ['the usual one', '200 access for "read"', {}],
  ['two scopes', '200 access for "read groups"', { scope: 'read groups' }],
  ['scope left out', DIFFERS, { scope: undefined }],
  ['scope empty', DIFFERS, { scope: '' }],
  ['scope twice', MALFORMED, { scope: TWICE }],
  ['scope unknown', DIFFERS, { scope: 'nonsense' }],
  ['scope not allowed to the client', '400 invalid_scope', { scope: 'write' }],
  ['scope malformed', '400 invalid_scope', { scope: 'read "' }],
  ['scope of blanks', '400 invalid_scope', { scope: '  ' }],
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

/** The form that spends a fresh refresh token. */
const fresh = async (subject: ComparedServer, client: ClientId = 'web') =>
  refreshForm((await tokens(subject, client)).refresh_token);

const STORIES: Record<string, readonly [outcome: Outcome, run: Case['run']]> = {
  'refresh: without openid': [
    '200 access+refresh for "read"',
    async (subject) =>
      spend(subject, 'web', refreshForm((await tokens(subject, 'web', { scope: 'read' })).refresh_token)),
  ],
  'refresh: by another client': [
    '400 invalid_grant',
    async (subject) => spend(subject, 'other', await fresh(subject, 'plain')),
  ],
  'refresh: by a public client in place of another': [
    '400 invalid_grant',
    async (subject) => spend(subject, 'page', await fresh(subject, 'native')),
  ],
  'refresh: by its client after another one tried': [
    ALL,
    async (subject) => {
      const form = await fresh(subject, 'plain');
      await spend(subject, 'other', form);
      return spend(subject, 'plain', form);
    },
  ],
  'refresh: by a client not registered for it': [DIFFERS, (subject) => spend(subject, 'once', refreshForm('nonsense'))],
  'refresh: an access token': [
    '400 invalid_grant',
    async (subject) => spend(subject, 'web', refreshForm((await tokens(subject, 'web')).access_token)),
  ],
  'refresh: a code': [
    '400 invalid_grant',
    async (subject) => spend(subject, 'web', refreshForm((await codeForm(subject, 'web')).code ?? '')),
  ],
  'refresh: the successor': [ALL, (subject) => twoSteps(subject, {}, {})],
  'refresh: narrowed, then all of it again': [
    ALL,
    (subject) => twoSteps(subject, { scope: 'openid' }, { scope: 'openid read' }),
  ],
  'refresh: a second time': [
    '400 invalid_grant',
    async (subject) => {
      const form = await fresh(subject);
      await spend(subject, 'web', form);
      return spend(subject, 'web', form);
    },
  ],
  'refresh: a second time, then the successor': [
    '400 invalid_grant',
    async (subject) => {
      const form = await fresh(subject);
      const { body } = await exchange(subject, 'web', form);
      await spend(subject, 'web', form);
      return spend(subject, 'web', refreshForm(body.refresh_token));
    },
  ],
  'refresh: after a refusal for its scope': [
    ALL,
    async (subject) => {
      const form = await fresh(subject);
      await spend(subject, 'web', form, { scope: 'openid write' });
      return spend(subject, 'web', form);
    },
  ],
  'authorization_code: by a client not registered for it': [
    DIFFERS,
    (subject) => spend(subject, 'service', { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK }),
  ],
};

async function twoSteps(subject: ComparedServer, first: Change, second: Change): Promise<Outcome> {
  const { body } = await exchange(subject, 'web', await fresh(subject), first);
  return spend(subject, 'web', refreshForm(body.refresh_token), second);
}

/** RFC 6749 §6, §4.4, §5.2 */
export const GRANT_CASES: readonly Case[] = [
  ...REFRESHES.map(
    ([name, outcome, change, client = 'web']): Case => ({
      name: `refresh: ${name}`,
      outcome,
      run: async (subject) => spend(subject, client, await fresh(subject, client), change),
    }),
  ),
  ...Object.entries(STORIES).map(([name, [outcome, run]]) => ({ name, outcome, run })),
  ...SERVICES.map(
    ([name, outcome, change, client = 'service']): Case => ({
      name: `client_credentials: ${name}`,
      outcome,
      run: (subject) => spend(subject, client, { grant_type: 'client_credentials', scope: 'read' }, change),
    }),
  ),
  ...Object.entries(GRANT_TYPES).map(
    ([grantType, outcome]): Case => ({
      name: `grant_type=${grantType}`,
      outcome,
      run: (subject) => spend(subject, 'web', { grant_type: grantType, code: 'x' }),
    }),
  ),
];
