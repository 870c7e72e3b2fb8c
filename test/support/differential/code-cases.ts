import { CALLBACK } from '../authorize.ts';
import { type Case, DIFFERS } from './case.ts';
import { CLIENTS, type ClientId } from './clients.ts';
import type { Outcome } from './outcome.ts';
import {
  approve,
  CHALLENGE,
  type Change,
  codeForm,
  exchange,
  refreshForm,
  spend,
  spending,
  TWICE,
  VERIFIER,
} from './requests.ts';

const ALL = '200 access+refresh+id for "openid read"';
const SPENT = '400 invalid_grant';
const MALFORMED = '400 invalid_request';
const OTHER_CALLBACK = 'https://client.example/cb?a=b';
const port = (number: number): Change => ({ redirect_uri: `http://127.0.0.1:${number}/cb` });

const MANGLED: Record<string, readonly [leftOut: Outcome, empty: Outcome, twice: Outcome]> = {
  grant_type: [MALFORMED, MALFORMED, MALFORMED],
  code: [MALFORMED, MALFORMED, MALFORMED],
  redirect_uri: [ALL, ALL, MALFORMED],
  code_verifier: [SPENT, SPENT, MALFORMED],
};

/** What is changed in the exchange of a fresh code, by the client `web` unless another is named; and in the request for the code. */
const EXCHANGES: readonly [name: string, outcome: Outcome, change: Change, client?: ClientId, asked?: Change][] = [
  ['redirect_uri left out, no PKCE', DIFFERS, { redirect_uri: undefined }, 'plain'],
  ['redirect_uri left out, two registered', MALFORMED, { redirect_uri: undefined }, 'two'],
  [
    'redirect_uri not sent at authorize, nor now',
    '200 access+refresh for "read"',
    { redirect_uri: undefined },
    'web',
    { redirect_uri: undefined, scope: 'read' },
  ],
  [
    'redirect_uri not sent at authorize, sent now',
    '200 access+refresh for "read"',
    { redirect_uri: CALLBACK },
    'web',
    { redirect_uri: undefined, scope: 'read' },
  ],
  ['redirect_uri of nobody', SPENT, { redirect_uri: 'https://evil.example/cb' }],
  ['redirect_uri in other letters', SPENT, { redirect_uri: 'https://CLIENT.example/cb' }],
  ['the other of two redirect URIs', SPENT, { redirect_uri: OTHER_CALLBACK }, 'two'],
  ['another port than at authorize', SPENT, port(2), 'native', port(1)],
  ['the same port as at authorize', ALL, {}, 'native', port(1)],
  ['code of nonsense', SPENT, { code: 'nonsense' }],
  ['code with a NUL', SPENT, { code: 'a\0b' }],
  ['code of 4000 characters', SPENT, { code: 'x'.repeat(4000) }],
  ['verifier wrong', SPENT, { code_verifier: 'x'.repeat(43) }],
  ['verifier too short', DIFFERS, { code_verifier: 'short' }],
  ['verifier too long', DIFFERS, { code_verifier: 'x'.repeat(129) }],
  ['verifier with a letter that is none', DIFFERS, { code_verifier: `${VERIFIER.slice(1)}é` }],
  ['the challenge as verifier', SPENT, { code_verifier: CHALLENGE }],
  ['verifier without a challenge', SPENT, { code_verifier: VERIFIER }, 'plain'],
  ['scope sent along', ALL, { scope: 'openid' }],
  ['an unknown parameter', ALL, { flavour: 'vanilla' }],
  ['an unknown parameter twice', ALL, { flavour: TWICE }],
  ['client_id as well', ALL, { client_id: 'web' }],
  ['another client_id as well', MALFORMED, { client_id: 'plain' }],
  ['nonce', ALL, {}, 'web', { nonce: 'n' }],
  ['max_age asked', ALL, {}, 'web', { max_age: '1000' }],
  ['without openid', '200 access+refresh for "read"', {}, 'web', { scope: 'read' }],
  [
    'offline_access',
    '200 access+refresh+id for "openid offline_access"',
    {},
    'web',
    { scope: 'openid offline_access', prompt: 'consent' },
  ],
  ['offline_access without prompt=consent', DIFFERS, {}, 'web', { scope: 'openid offline_access' }],
];

const WRONG: Record<string, Change> = {
  'a wrong verifier': { code_verifier: 'x'.repeat(43) },
  'a wrong redirect_uri': { redirect_uri: 'https://evil.example/cb' },
};

const of = (name: string, outcome: Outcome, change: Change, client: ClientId = 'web', asked: Change = {}): Case => ({
  name: `code: ${name}`,
  outcome,
  run: async (subject) => spend(subject, client, await codeForm(subject, client, asked), change),
});

/** RFC 6749 §4.1.3 */
export const CODE_CASES: readonly Case[] = [
  ...(['web', 'plain', 'post', 'signer', 'page', 'native', 'once'] as const).map((client) =>
    of(
      `the usual exchange of ${client}`,
      CLIENTS[client].grants.length > 1 ? ALL : '200 access+id for "openid read"',
      {},
      client,
    ),
  ),
  ...Object.entries(MANGLED).flatMap(([name, [leftOut, empty, twice]]) => [
    of(`${name} left out`, leftOut, { [name]: undefined }),
    of(`${name} empty`, empty, { [name]: '' }),
    of(`${name} twice`, twice, { [name]: TWICE }),
  ]),
  ...EXCHANGES.map((row) => of(...row)),
  ...Object.entries(WRONG).map(
    ([name, change]): Case => ({
      name: `code: by its client after ${name}`,
      outcome: ALL,
      run: async (subject) => {
        const form = await codeForm(subject, 'web');
        await spend(subject, 'web', form, change);
        return spend(subject, 'web', form);
      },
    }),
  ),
  {
    name: 'code: no scope asked',
    outcome: DIFFERS,
    run: async (subject) => {
      const { code, error } = await approve(subject, 'web', { scope: undefined });
      return code === undefined ? `no code: ${error}` : spend(subject, 'web', spending('web', code));
    },
  },
  {
    name: 'code: by another client',
    outcome: SPENT,
    run: async (subject) => spend(subject, 'other', await codeForm(subject, 'plain')),
  },
  {
    name: 'code: by its client after another one tried',
    outcome: ALL,
    run: async (subject) => {
      const form = await codeForm(subject, 'plain');
      await spend(subject, 'other', form);
      return spend(subject, 'plain', form);
    },
  },
  {
    name: 'code: a second time',
    outcome: SPENT,
    run: async (subject) => {
      const form = await codeForm(subject, 'web');
      await spend(subject, 'web', form);
      return spend(subject, 'web', form);
    },
  },
  boughtBefore('a second time', SPENT, 'web', {}),
  boughtBefore('a second time without the verifier', ALL, 'web', { code_verifier: undefined }),
  boughtBefore('a second time by another client', ALL, 'other', {}),
];

/** What the refresh token is worth that a code has bought, once the code was tried again. */
function boughtBefore(name: string, outcome: Outcome, again: ClientId, change: Change): Case {
  const first: ClientId = again === 'other' ? 'plain' : again;
  return {
    name: `code: ${name}, then what the first time bought`,
    outcome,
    run: async (subject) => {
      const form = await codeForm(subject, first);
      const { body } = await exchange(subject, first, form);
      await spend(subject, again, form, change);
      return spend(subject, first, refreshForm(body.refresh_token));
    },
  };
}
