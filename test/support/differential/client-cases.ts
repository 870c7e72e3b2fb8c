import { CALLBACK } from '../authorize.ts';
import { seconds } from '../client-assertions.ts';
import { basicOf } from '../client-endpoints.ts';
import type { ComparedServer } from './both-servers.ts';
import { type Case, DIFFERS } from './case.ts';
import { CLIENTS, type ClientId, secretOf } from './clients.ts';
import { type Outcome, outcomeOfToken } from './outcome.ts';
import { authentication, type Change, type Method, post, TWICE } from './requests.ts';

/** Client authentication succeeds, so that the error is about the code. */
const AUTHENTICATED = '400 invalid_grant';
const MALFORMED = '400 invalid_request';
const REFUSED = '401 invalid_client Basic';
const FORM = { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK };

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** For clients that are registered for each method: the outcomes of all methods, in the order of METHODS. */
const REGISTERED: readonly [client: ClientId, outcomes: readonly Outcome[]][] = [
  ['plain', [AUTHENTICATED, DIFFERS, DIFFERS, DIFFERS]],
  ['post', [DIFFERS, AUTHENTICATED, DIFFERS, DIFFERS]],
  ['signer', [REFUSED, DIFFERS, AUTHENTICATED, DIFFERS]],
  ['page', [REFUSED, DIFFERS, DIFFERS, AUTHENTICATED]],
];

const IN_THE_FORM: readonly [name: string, outcome: Outcome, client: ClientId, method: Method, change?: Change][] = [
  ['no authentication', DIFFERS, 'plain', 'none', { client_id: undefined }],
  ['client_id empty', DIFFERS, 'plain', 'none', { client_id: '' }],
  ['client_id unknown', DIFFERS, 'plain', 'none', { client_id: 'nobody' }],
  ['basic and the secret in the form', MALFORMED, 'plain', 'client_secret_basic', { client_secret: secretOf('plain') }],
  ['basic and an empty secret in the form', AUTHENTICATED, 'plain', 'client_secret_basic', { client_secret: '' }],
  ['basic and the same client_id', AUTHENTICATED, 'plain', 'client_secret_basic', { client_id: 'plain' }],
  ['basic and another client_id', MALFORMED, 'plain', 'client_secret_basic', { client_id: 'other' }],
  ['post, secret wrong', DIFFERS, 'post', 'client_secret_post', { client_secret: 'wrong' }],
  ['post, secret empty', DIFFERS, 'post', 'client_secret_post', { client_secret: '' }],
  ['post, secret twice', MALFORMED, 'post', 'client_secret_post', { client_secret: TWICE }],
  ['post, client_id twice', MALFORMED, 'post', 'client_secret_post', { client_id: TWICE }],
  ['post, client_id omitted', DIFFERS, 'post', 'client_secret_post', { client_id: undefined }],
  ['public, with a secret', DIFFERS, 'page', 'client_secret_post'],
  ['public, with an empty secret', AUTHENTICATED, 'page', 'none', { client_secret: '' }],
];

const basic = (clientId: string, secret: string): string => basicOf({ clientId, secret });

/** Values of the Authorization header. */
const HEADERS: readonly [name: string, outcome: Outcome, header: string][] = [
  ['basic, client unknown', REFUSED, basic('nobody', 'x')],
  ['basic, secret wrong', REFUSED, basic('plain', 'wrong')],
  ['basic, secret empty', DIFFERS, basic('plain', '')],
  ['basic, secret of another client', REFUSED, basic('plain', secretOf('other'))],
  ['basic, no colon', MALFORMED, `Basic ${btoa('plain')}`],
  ['basic, not base64', MALFORMED, 'Basic !!!'],
  ['basic, credentials omitted', MALFORMED, 'Basic'],
  ['basic, broken percent-encoding', MALFORMED, basic('plain', '%zz')],
  ['basic, form-encoded', AUTHENTICATED, basic('%70lain', secretOf('plain').replaceAll('-', '%2D'))],
  ['basic in lower case', AUTHENTICATED, `basic ${btoa(`plain:${secretOf('plain')}`)}`],
  ['basic, two spaces', DIFFERS, `Basic  ${btoa(`plain:${secretOf('plain')}`)}`],
  ['bearer instead of basic', DIFFERS, 'Bearer x'],
  ['public, by basic without a password', DIFFERS, basic('page', '')],
];

type Claims = (subject: ComparedServer) => Record<string, unknown>;
const usual: Claims = () => ({});

/** RFC 7523 §3: claims of the assertion, and changes to the form. */
const SIGNED: readonly [name: string, outcome: Outcome, claims: Claims, change?: Change][] = [
  ['aud is a list of the issuer alone', AUTHENTICATED, ({ issuer }) => ({ aud: [issuer] })],
  ['aud is the token endpoint', DIFFERS, ({ issuer }) => ({ aud: `${issuer}/oauth/token` })],
  ['aud is a list of two', DIFFERS, ({ issuer }) => ({ aud: [issuer, 'https://other.example'] })],
  ['aud is another server', DIFFERS, () => ({ aud: 'https://other.example' })],
  ['aud omitted', DIFFERS, () => ({ aud: undefined })],
  ['iss is another client', DIFFERS, () => ({ iss: 'other' })],
  ['sub is another client', DIFFERS, () => ({ sub: 'other' })],
  ['sub omitted', DIFFERS, () => ({ sub: undefined })],
  ['jti omitted', DIFFERS, () => ({ jti: undefined })],
  ['exp omitted', DIFFERS, () => ({ exp: undefined })],
  ['expired', DIFFERS, () => ({ exp: seconds() - 3600 })],
  ['exp in a year', DIFFERS, () => ({ exp: seconds() + 31_536_000 })],
  ['iat in an hour', DIFFERS, () => ({ iat: seconds() + 3000, exp: seconds() + 3300 })],
  ['iat omitted', AUTHENTICATED, () => ({ iat: undefined })],
  ['client_id the same', AUTHENTICATED, usual, { client_id: 'signer' }],
  ['client_id of another', MALFORMED, usual, { client_id: 'plain' }],
  ['type omitted', MALFORMED, usual, { client_assertion_type: undefined }],
  [
    'type for SAML',
    MALFORMED,
    usual,
    { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
  ],
  ['not a JWT', DIFFERS, usual, { client_assertion: 'nonsense' }],
  ['unsigned', DIFFERS, usual, { client_assertion: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzaWduZXIifQ.' }],
  ['a secret as well', MALFORMED, usual, { client_secret: 'x' }],
];

async function authenticationOutcome(
  subject: ComparedServer,
  client: ClientId,
  method: Method,
  change: Change = {},
): Promise<Outcome> {
  const { headers, form } = await authentication(subject, client, method);
  return outcomeOfToken(await post(subject, '/oauth/token', { ...FORM, ...form }, change, headers));
}

/** RFC 6749 §2.3 */
export const CLIENT_CASES: readonly Case[] = [
  ...REGISTERED.flatMap(([client, outcomes]) =>
    METHODS.map(
      (method, index): Case => ({
        name: `client: ${method} of a client registered for ${CLIENTS[client].method}`,
        outcome: outcomes[index] ?? DIFFERS,
        run: (subject) => authenticationOutcome(subject, client, method),
      }),
    ),
  ),
  ...IN_THE_FORM.map(
    ([name, outcome, client, method, change]): Case => ({
      name: `client: ${name}`,
      outcome,
      run: (subject) => authenticationOutcome(subject, client, method, change),
    }),
  ),
  ...HEADERS.map(
    ([name, outcome, Authorization]): Case => ({
      name: `client: ${name}`,
      outcome,
      run: async (subject) => outcomeOfToken(await post(subject, '/oauth/token', FORM, {}, { Authorization })),
    }),
  ),
  ...SIGNED.map(
    ([name, outcome, claims, change]): Case => ({
      name: `client: signed, ${name}`,
      outcome,
      run: async (subject) => {
        const { form } = await authentication(subject, 'signer', 'private_key_jwt', claims(subject));
        return outcomeOfToken(await post(subject, '/oauth/token', { ...FORM, ...form }, change));
      },
    }),
  ),
  {
    name: 'client: signed, a second time',
    outcome: DIFFERS,
    run: async (subject) => {
      const { form } = await authentication(subject, 'signer');
      await post(subject, '/oauth/token', { ...FORM, ...form });
      return outcomeOfToken(await post(subject, '/oauth/token', { ...FORM, ...form }));
    },
  },
];
