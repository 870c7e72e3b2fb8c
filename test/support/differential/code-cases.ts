import { CALLBACK } from '../authorize.ts';
import { type Case, DIFFERS } from './case.ts';
import { CLIENTS, type ClientId } from './clients.ts';
import type { Outcome } from './outcome.ts';
import {
  approve,
  CHALLENGE,
  type Change,
  codeExchangeForm,
  codeForm,
  exchange,
  exchangeOutcome,
  refreshForm,
  TWICE,
  VERIFIER,
} from './requests.ts';

const ALL = '200 access+refresh+id for "openid read"';
const INVALID_GRANT = '400 invalid_grant';
const MALFORMED = '400 invalid_request';
const OTHER_CALLBACK = 'https://client.example/cb?a=b';
const port = (number: number): Change => ({ redirect_uri: `http://127.0.0.1:${number}/cb` });

const MALFORMED_PARAMETERS: Record<string, readonly [omitted: Outcome, empty: Outcome, twice: Outcome]> = {
  grant_type: [MALFORMED, MALFORMED, MALFORMED],
  code: [MALFORMED, MALFORMED, MALFORMED],
  redirect_uri: [ALL, ALL, MALFORMED],
  code_verifier: [INVALID_GRANT, INVALID_GRANT, MALFORMED],
};

/** Changes to the exchange of a new code and to its authorization request. The client is `web` unless another one is named. */
const EXCHANGES: readonly [name: string, outcome: Outcome, change: Change, client?: ClientId, requested?: Change][] = [
  ['redirect_uri omitted, no PKCE', DIFFERS, { redirect_uri: undefined }, 'plain'],
  ['redirect_uri omitted, two registered', MALFORMED, { redirect_uri: undefined }, 'two'],
  [
    'redirect_uri omitted in both requests',
    '200 access+refresh for "read"',
    { redirect_uri: undefined },
    'web',
    { redirect_uri: undefined, scope: 'read' },
  ],
  [
    'redirect_uri sent to the token endpoint only',
    '200 access+refresh for "read"',
    { redirect_uri: CALLBACK },
    'web',
    { redirect_uri: undefined, scope: 'read' },
  ],
  ['redirect_uri of an unregistered host', INVALID_GRANT, { redirect_uri: 'https://evil.example/cb' }],
  ['redirect_uri in another case', INVALID_GRANT, { redirect_uri: 'https://CLIENT.example/cb' }],
  ['the other of two redirect URIs', INVALID_GRANT, { redirect_uri: OTHER_CALLBACK }, 'two'],
  ['another port than in the authorization request', INVALID_GRANT, port(2), 'native', port(1)],
  ['the same port as in the authorization request', ALL, {}, 'native', port(1)],
  ['code that is malformed', INVALID_GRANT, { code: 'nonsense' }],
  ['code with a NUL', INVALID_GRANT, { code: 'a\0b' }],
  ['code of 4000 characters', INVALID_GRANT, { code: 'x'.repeat(4000) }],
  ['verifier wrong', INVALID_GRANT, { code_verifier: 'x'.repeat(43) }],
  ['verifier too short', DIFFERS, { code_verifier: 'short' }],
  ['verifier too long', DIFFERS, { code_verifier: 'x'.repeat(129) }],
  ['verifier with an invalid character', DIFFERS, { code_verifier: `${VERIFIER.slice(1)}é` }],
  ['the challenge as verifier', INVALID_GRANT, { code_verifier: CHALLENGE }],
  ['verifier without a challenge', INVALID_GRANT, { code_verifier: VERIFIER }, 'plain'],
  ['scope sent along', ALL, { scope: 'openid' }],
  ['an unknown parameter', ALL, { flavour: 'vanilla' }],
  ['an unknown parameter twice', ALL, { flavour: TWICE }],
  ['client_id as well', ALL, { client_id: 'web' }],
  ['another client_id as well', MALFORMED, { client_id: 'plain' }],
  ['nonce', ALL, {}, 'web', { nonce: 'n' }],
  ['max_age requested', ALL, {}, 'web', { max_age: '1000' }],
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

const of = (
  name: string,
  outcome: Outcome,
  change: Change,
  client: ClientId = 'web',
  requested: Change = {},
): Case => ({
  name: `code: ${name}`,
  outcome,
  run: async (subject) => exchangeOutcome(subject, client, await codeForm(subject, client, requested), change),
});

/** RFC 6749 §4.1.3 */
export const CODE_CASES: readonly Case[] = [
  ...(['web', 'plain', 'post', 'signer', 'page', 'native', 'once'] as const).map((client) =>
    of(
      `a valid exchange of ${client}`,
      CLIENTS[client].grants.length > 1 ? ALL : '200 access+id for "openid read"',
      {},
      client,
    ),
  ),
  ...Object.entries(MALFORMED_PARAMETERS).flatMap(([name, [omitted, empty, twice]]) => [
    of(`${name} omitted`, omitted, { [name]: undefined }),
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
        await exchangeOutcome(subject, 'web', form, change);
        return exchangeOutcome(subject, 'web', form);
      },
    }),
  ),
  {
    name: 'code: scope omitted',
    outcome: DIFFERS,
    run: async (subject) => {
      const { code, error } = await approve(subject, 'web', { scope: undefined });
      return code === undefined ? `no code: ${error}` : exchangeOutcome(subject, 'web', codeExchangeForm('web', code));
    },
  },
  {
    name: 'code: by another client',
    outcome: INVALID_GRANT,
    run: async (subject) => exchangeOutcome(subject, 'other', await codeForm(subject, 'plain')),
  },
  {
    name: 'code: by its client after another one tried',
    outcome: ALL,
    run: async (subject) => {
      const form = await codeForm(subject, 'plain');
      await exchangeOutcome(subject, 'other', form);
      return exchangeOutcome(subject, 'plain', form);
    },
  },
  {
    name: 'code: a second time',
    outcome: INVALID_GRANT,
    run: async (subject) => {
      const form = await codeForm(subject, 'web');
      await exchangeOutcome(subject, 'web', form);
      return exchangeOutcome(subject, 'web', form);
    },
  },
  refreshAfterReplay('a second time', INVALID_GRANT, 'web', {}),
  refreshAfterReplay('a second time without the verifier', ALL, 'web', { code_verifier: undefined }),
  refreshAfterReplay('a second time by another client', ALL, 'other', {}),
];

/** The outcome of a refresh with the token from the first use of a code, after the code was sent again. */
function refreshAfterReplay(name: string, outcome: Outcome, replaying: ClientId, change: Change): Case {
  const first: ClientId = replaying === 'other' ? 'plain' : replaying;
  return {
    name: `code: ${name}, then a refresh with the token of the first use`,
    outcome,
    run: async (subject) => {
      const form = await codeForm(subject, first);
      const { body } = await exchange(subject, first, form);
      await exchangeOutcome(subject, replaying, form, change);
      return exchangeOutcome(subject, first, refreshForm(body.refresh_token));
    },
  };
}
