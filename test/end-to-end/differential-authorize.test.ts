import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contender, gatehouse, oidcProvider } from '../support/contenders.ts';
import { type Explained, expectAsExplained, expectDifferences } from '../support/differential.ts';
import { AUTHORIZE_CASES, type AuthorizeCase, outcomeOfAuthorize } from '../support/differential-authorize.ts';

const ELSEWHERE = 'unsupported_response_type in the fragment';
const IN_THE_QUERY =
  'a client not registered for it is told in the query, and no token ever goes where it would have gone';
const UNKNOWN_SCOPE = 'RFC 6749 §4.1.2.1: what is unknown is told, not passed over';

const EXPLAINED: Explained = {
  'a good request by POST': [
    'asks',
    'page 404',
    'RFC 6749 §3.1; there only with cookies that go along from other sites',
  ],
  JSON: ['page 400', 'page 404', 'there is no POST there: see above'],
  'broken percent-encoding': ['page 400', 'asks', 'what cannot be read is not guessed at'],
  'bytes that are no UTF-8': ['page 400', 'asks', 'the state could not come back as it was (RFC 6749 App. B)'],
  'no redirect_uri': ['invalid_request', 'asks', 'OpenID Connect Core 1.0 §3.1.2.1: required with openid'],
  'redirect_uri=""': ['invalid_request', 'asks', 'empty is omitted (RFC 6749 §3.1), and then the same'],
  'redirect_uri=["https://client.example/cb","https://client.example/cb"]': [
    'page 400',
    'invalid_request',
    'which of two is meant nobody knows, so neither is followed',
  ],
  'response_type="token"': ['unsupported_response_type', ELSEWHERE, IN_THE_QUERY],
  'response_type="id_token"': ['unsupported_response_type', ELSEWHERE, IN_THE_QUERY],
  'response_type="code token"': ['unsupported_response_type', ELSEWHERE, IN_THE_QUERY],
  'response_type="code id_token"': ['unsupported_response_type', ELSEWHERE, IN_THE_QUERY],
  'response_mode="fragment"': [
    'unsupported_response_mode',
    'asks',
    'a code goes in the query; nothing else is advertised',
  ],
  'response_mode="form_post"': ['unsupported_response_mode', 'asks', 'not served, and not advertised'],
  'scope="openid unknown"': ['invalid_scope', 'asks', UNKNOWN_SCOPE],
  'scope="unknown"': ['invalid_scope', 'asks', UNKNOWN_SCOPE],
  'scope="OPENID"': ['invalid_scope', 'asks', `case counts (§3.3), and ${UNKNOWN_SCOPE}`],
  'scope="openid  read"': ['asks', 'invalid_scope', 'two blanks in a row mean nothing else than one'],
  'prompt="select_account"': ['asks', 'invalid_request', 'served here: the consent page offers another account'],
  'claims, an acr that cannot be had': [
    'unmet_authentication_requirements',
    'asks',
    'told before the sign-in, not after: no sign-in here could reach it',
  ],
  'claims, a sub of nobody': ['login_required', 'asks', 'told before the sign-in, not after: that is nobody here'],
};

let ours: Contender;
let theirs: Contender;
beforeAll(async () => {
  [ours, theirs] = [await gatehouse(), await oidcProvider()];
});
afterAll(async () => {
  await ours?.close();
  await theirs?.close();
});

describe('The authorization endpoint answers as that of oidc-provider does, or the table says why not', () => {
  it.each(AUTHORIZE_CASES.map((one): [string, AuthorizeCase] => [one[0], one]))('%s', async (name, one) => {
    expectAsExplained(EXPLAINED, name, [await outcomeOfAuthorize(ours, one), await outcomeOfAuthorize(theirs, one)]);
  });

  it('asks much, and every row of the table is a difference', () => {
    expect(AUTHORIZE_CASES.length).toBeGreaterThan(100);
    expectDifferences(
      EXPLAINED,
      AUTHORIZE_CASES.map(([name]) => name),
    );
  });
});
