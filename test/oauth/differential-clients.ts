import type { Difference } from '../support/differential/case.ts';

const ALL = '200 access+refresh+id for "openid read"';
const REFUSED = '401 invalid_client Basic';
const MEMBERS = 'active client_id exp iat iss scope sub';

const client = (...names: string[]): string[] => names.map((name) => `client: ${name}`);
const signed = (...names: string[]): string[] => names.map((name) => `client: signed, ${name}`);

/** RFC 6749 §2.3, §5.2 */
const CLIENTS: readonly Difference[] = [
  {
    why: 'RFC 9110 §15.5.2: every 401 has a challenge; theirs sends one only after an Authorization header (RFC 6749 §5.2).',
    ours: REFUSED,
    theirs: '401 invalid_client',
    cases: [
      ...client(
        'private_key_jwt of a client registered for client_secret_basic',
        'none of a client registered for client_secret_basic',
      ),
      ...client(
        'private_key_jwt of a client registered for client_secret_post',
        'none of a client registered for client_secret_post',
      ),
      ...client(
        'client_secret_post of a client registered for private_key_jwt',
        'none of a client registered for private_key_jwt',
      ),
      ...client(
        'client_secret_post of a client registered for none',
        'private_key_jwt of a client registered for none',
      ),
      ...client('client_id unknown', 'post, secret wrong', 'post, secret empty', 'public, with a secret'),
      ...signed(
        'aud is another server',
        'aud omitted',
        'iss is another client',
        'sub is another client',
        'sub omitted',
      ),
      ...signed('jti omitted', 'exp omitted', 'expired', 'unsigned', 'a second time'),
    ],
  },
  {
    why: 'RFC 7591 §2: a client must use its registered method; theirs accepts Basic and body interchangeably.',
    ours: REFUSED,
    theirs: '400 invalid_grant',
    cases: client(
      'client_secret_post of a client registered for client_secret_basic',
      'client_secret_basic of a client registered for client_secret_post',
    ),
  },
  {
    why: 'RFC 7523bis §4: the issuer must be the only audience; with another or a second one, another server could receive the assertion.',
    ours: REFUSED,
    theirs: '400 invalid_grant',
    cases: signed('aud is the token endpoint', 'aud is a list of two'),
  },
  {
    why: 'RFC 7523 §3: ours rejects assertions that are valid for more than an hour or issued in the future, because their jti must be stored.',
    ours: REFUSED,
    theirs: '400 invalid_grant',
    cases: signed('exp in a year', 'iat in an hour'),
  },
  {
    why: 'RFC 6749 §5.2: a missing client authentication is invalid_client.',
    ours: REFUSED,
    theirs: '400 invalid_request',
    cases: [
      ...client(
        'no authentication',
        'client_id empty',
        'post, client_id omitted',
        'basic, secret empty',
        'bearer instead of basic',
      ),
      'introspect: without client authentication',
    ],
  },
  {
    why: 'RFC 7521 §4.2.1: an assertion that is not valid is invalid_client.',
    ours: REFUSED,
    theirs: '400 invalid_request',
    cases: signed('not a JWT'),
  },
  {
    why: 'RFC 9110 §11.4: one or more spaces separate the scheme and the credentials.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: client('basic, two spaces'),
  },
  {
    why: 'RFC 6749 §2.3.1: an empty password counts as none, and some libraries send a public client_id this way.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: client('public, by basic without a password'),
  },
];

/** RFC 7009, RFC 7662, OpenID Connect Core 1.0 §5.3 */
const ENDPOINTS: readonly Difference[] = [
  {
    why: 'RFC 6749 §5.1: responses may contain or concern a token, so none of them may be cached, including errors.',
    ours: '400 invalid_request',
    theirs: '400 invalid_request (may be stored)',
    cases: ['revoke: token omitted', 'revoke: token empty', 'revoke: token twice'],
  },
  {
    why: 'RFC 6749 §5.2, §5.1: a missing client authentication is invalid_client, and the response may not be cached.',
    ours: REFUSED,
    theirs: '400 invalid_request (may be stored)',
    cases: ['revoke: without client authentication'],
  },
  {
    why: "RFC 7009 §2.1: a request to revoke another client's token is rejected and the client informed; theirs responds with 200.",
    ours: '400 unauthorized_client',
    theirs: '200',
    cases: ['revoke: by another client'],
  },
  {
    why: 'RFC 7009 §2.1: revoking an access token may also revoke the refresh token; theirs does, ours does not.',
    ours: ALL,
    theirs: '400 invalid_grant',
    cases: ['revoke: an access token, then refresh'],
  },
  {
    why: 'RFC 7662 §2.2: ours includes the optional username.',
    ours: `200 with ${MEMBERS} token_type username, active true`,
    theirs: `200 with ${MEMBERS} token_type, active true`,
    cases: ['introspect: an access token', 'introspect: with a wrong hint'],
  },
  {
    why: 'RFC 7662 §2.2: ours includes the optional username for refresh tokens as well.',
    ours: `200 with ${MEMBERS} username, active true`,
    theirs: `200 with ${MEMBERS}, active true`,
    cases: ['introspect: a refresh token'],
  },
  {
    why: 'RFC 9068 §2.2: a client without a user is its own subject, so every token has a sub.',
    ours: `200 with ${MEMBERS} token_type, active true`,
    theirs: '200 with active client_id exp iat iss scope token_type, active true',
    cases: ['introspect: a token of a service'],
  },
  {
    why: 'RFC 7662 §2.1: the client must be authenticated, which a public client cannot be.',
    ours: REFUSED,
    theirs: '200 with active, active false',
    cases: ['introspect: by a public client'],
  },
  {
    why: 'RFC 6750 §3: scope is an attribute of the challenge; theirs repeats it in the body.',
    ours: '403 with error error_description, Bearer insufficient_scope',
    theirs: '403 with error error_description scope, Bearer insufficient_scope',
    cases: ['userinfo: without openid'],
  },
  {
    why: 'RFC 6750 §3.1: the token is valid and lacks only the scope openid.',
    ours: '403 with error error_description, Bearer insufficient_scope',
    theirs: '401 with error error_description, Bearer invalid_token',
    cases: ['userinfo: a token of a service'],
  },
  {
    why: 'RFC 6750 §3: credentials that give no access are 401; theirs treats the header as malformed.',
    ours: '401 with error error_description, Bearer invalid_token',
    theirs: '400 with error error_description, Bearer invalid_request',
    cases: ['userinfo: basic'],
  },
  {
    why: 'OpenID Connect Core 1.0 §2, §3.1.3.6, Back-Channel Logout 1.0 §2.1: ours always includes acr, amr, azp, at_hash and sid; theirs omits optional claims.',
    ours: 'acr amr at_hash aud auth_time azp exp iat iss nonce sid sub',
    theirs: 'aud auth_time exp iat iss nonce sub',
    cases: ['ID token: names of the claims'],
  },
];

export const CLIENT_DIFFERENCES: readonly Difference[] = [...CLIENTS, ...ENDPOINTS];
