import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contender, gatehouse, oidcProvider } from '../support/contenders.ts';
import { type Explained, expectAsExplained, expectDifferences } from '../support/differential.ts';
import { sceneOf, TOKEN_CASES } from '../support/differential-token.ts';

const [SCOPED, UNSCOPED] = ['200 access_token expires_in scope token_type', '200 access_token expires_in token_type'];
const ALL = '200 access_token expires_in id_token refresh_token scope token_type';
const REFUSED = '401 invalid_client Basic';
const STATED = 'the answer always states the scope, the default one too (RFC 6749 §5.1)';
const NOT_PROVEN = 'RFC 6749 §5.2: a client that has not proven who it is is invalid_client';
const CHALLENGED = 'RFC 9110 §15.5.2: a challenge goes with every 401';
const UNREGISTERED = 'RFC 6749 §5.2: the client is known, and not registered for the grant';

const EXPLAINED: Explained = {
  'no client': [REFUSED, '400 invalid_request', NOT_PROVEN],
  'an empty secret': [REFUSED, '400 invalid_request', NOT_PROVEN],
  'another scheme': [REFUSED, '400 invalid_request', NOT_PROVEN],
  'basic in small letters': [SCOPED, UNSCOPED, STATED],
  'the secret in the body of a client of Basic': [
    REFUSED,
    UNSCOPED,
    'RFC 7591 §2: registered for Basic, it may use nothing else',
  ],
  'Basic and the same client_id': [SCOPED, UNSCOPED, STATED],
  'client_id alone, of a confidential client': [REFUSED, '401 invalid_client', CHALLENGED],
  'a public client with a secret': [REFUSED, '401 invalid_client', CHALLENGED],
  'client credentials': [SCOPED, UNSCOPED, STATED],
  'client credentials, an unknown scope': [
    '400 invalid_scope',
    UNSCOPED,
    'RFC 6749 §5.2: what is unknown is told, not passed over',
  ],
  'client credentials of a public client': ['400 unauthorized_client', '400 invalid_request', UNREGISTERED],
  'a code without redirect_uri': [
    '400 invalid_request',
    ALL,
    'RFC 6749 §4.1.3: sent at authorize, it is sent again; PKCE may stand in',
  ],
  'a code with PKCE, a short verifier': [
    '400 invalid_grant',
    '400 invalid_request',
    'RFC 7636 §4.6: it does not match, whatever its form',
  ],
  'a refresh token twice': [
    ALL,
    '400 invalid_grant',
    'within ten seconds an answer that was lost is told again; later it is a replay',
  ],
  'a password': ['400 unauthorized_client', '400 unsupported_grant_type', 'served here, to clients registered with it'],
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

describe('The token endpoint answers as that of oidc-provider does, or the table says why not', () => {
  it.each(TOKEN_CASES)('%s', async (name, run) => {
    expectAsExplained(EXPLAINED, name, [await run(sceneOf(ours)), await run(sceneOf(theirs))]);
  });

  it('asks much, and every row of the table is a difference', () => {
    expect(TOKEN_CASES.length).toBeGreaterThan(55);
    expectDifferences(
      EXPLAINED,
      TOKEN_CASES.map(([name]) => name),
    );
  });
});
