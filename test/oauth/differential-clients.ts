import type { Difference } from '../support/differential/case.ts';

const ALL = '200 access+refresh+id for "openid read"';
const REFUSED = '401 invalid_client Basic';
const MEMBERS = 'active client_id exp iat iss scope sub';

const client = (...names: string[]): string[] => names.map((name) => `client: ${name}`);
const signed = (...names: string[]): string[] => names.map((name) => `client: signed, ${name}`);

/** RFC 6749 §2.3, §5.2 */
const CLIENTS: readonly Difference[] = [
  {
    why: 'RFC 9110 §15.5.2: every 401 carries a challenge; theirs challenges only who has sent an Authorization header (RFC 6749 §5.2).',
    ours: REFUSED,
    theirs: '401 invalid_client',
    cases: [
      ...client(
        'private_key_jwt by one registered for client_secret_basic',
        'none by one registered for client_secret_basic',
      ),
      ...client(
        'private_key_jwt by one registered for client_secret_post',
        'none by one registered for client_secret_post',
      ),
      ...client(
        'client_secret_post by one registered for private_key_jwt',
        'none by one registered for private_key_jwt',
      ),
      ...client('client_secret_post by one registered for none', 'private_key_jwt by one registered for none'),
      ...client('client_id unknown', 'post, secret wrong', 'post, secret empty', 'public, with a secret'),
      ...signed('aud is another server', 'aud left out', 'iss is another', 'sub is another', 'sub left out'),
      ...signed('jti left out', 'exp left out', 'expired', 'unsigned', 'a second time'),
    ],
  },
  {
    why: 'RFC 7591 §2: a client uses the method that it is registered for; theirs takes Basic and body for one another.',
    ours: REFUSED,
    theirs: '400 invalid_grant',
    cases: client(
      'client_secret_post by one registered for client_secret_basic',
      'client_secret_basic by one registered for client_secret_post',
    ),
  },
  {
    why: 'RFC 7523bis §4: the issuer is the only audience; with the token endpoint, or two, another server could be given the assertion.',
    ours: REFUSED,
    theirs: '400 invalid_grant',
    cases: signed('aud is the token endpoint', 'aud is a list of two'),
  },
  {
    why: 'RFC 7523 §3: one that is good for longer than an hour, or was made in the future, is refused; its jti would have to be kept as long.',
    ours: REFUSED,
    theirs: '400 invalid_grant',
    cases: signed('exp in a year', 'iat in an hour'),
  },
  {
    why: 'RFC 6749 §5.2: no client authentication included is invalid_client, by the words of the section.',
    ours: REFUSED,
    theirs: '400 invalid_request',
    cases: [
      ...client('nobody', 'client_id empty', 'post, client_id left out', 'basic, secret empty', 'bearer in its place'),
      'introspect: by nobody',
    ],
  },
  {
    why: 'RFC 7521 §4.2.1: an assertion that is not valid is invalid_client.',
    ours: REFUSED,
    theirs: '400 invalid_request',
    cases: signed('no JWT'),
  },
  {
    why: 'RFC 9110 §11.4: one blank or more stand between the scheme and what follows.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: client('basic, two blanks'),
  },
  {
    why: 'RFC 6749 §2.3.1: an empty password is none, and libraries send a public client_id so.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: client('public, by basic without a password'),
  },
];

/** RFC 7009, RFC 7662, OpenID Connect Core 1.0 §5.3 */
const ENDPOINTS: readonly Difference[] = [
  {
    why: 'RFC 6749 §5.1: what an endpoint for clients answers may hold or concern a token, so none of it is stored, refusals included.',
    ours: '400 invalid_request',
    theirs: '400 invalid_request (may be stored)',
    cases: ['revoke: token left out', 'revoke: token empty', 'revoke: token twice'],
  },
  {
    why: 'RFC 6749 §5.2, §5.1: no client authentication included is invalid_client; and it is not stored.',
    ours: REFUSED,
    theirs: '400 invalid_request (may be stored)',
    cases: ['revoke: by nobody'],
  },
  {
    why: "RFC 7009 §2.1: if the token is another client's, the request is refused and the client informed; theirs is silent.",
    ours: '400 unauthorized_client',
    theirs: '200',
    cases: ['revoke: by another client'],
  },
  {
    why: 'RFC 7009 §2.1: revoking an access token may revoke the refresh token as well; here it does not, theirs ends the grant.',
    ours: ALL,
    theirs: '400 invalid_grant',
    cases: ['revoke: an access token, then refresh'],
  },
  {
    why: 'RFC 7662 §2.2: username, for people who read it.',
    ours: `200 with ${MEMBERS} token_type username, active true`,
    theirs: `200 with ${MEMBERS} token_type, active true`,
    cases: ['introspect: an access token', 'introspect: with a wrong hint'],
  },
  {
    why: 'RFC 7662 §2.2: username, of a refresh token as well.',
    ours: `200 with ${MEMBERS} username, active true`,
    theirs: `200 with ${MEMBERS}, active true`,
    cases: ['introspect: a refresh token'],
  },
  {
    why: 'RFC 9068 §2.2: a client that acts for itself is its own subject, so resource servers find a sub in every token.',
    ours: `200 with ${MEMBERS} token_type, active true`,
    theirs: '200 with active client_id exp iat iss scope token_type, active true',
    cases: ['introspect: a token of a service'],
  },
  {
    why: 'RFC 7662 §2.1: who asks must be authenticated, and a public client cannot be.',
    ours: REFUSED,
    theirs: '200 with active, active false',
    cases: ['introspect: by a public client'],
  },
  {
    why: 'RFC 6750 §3: scope is an attribute of the challenge, where it stands here; theirs repeats it in the body.',
    ours: '403 with error error_description, Bearer insufficient_scope',
    theirs: '403 with error error_description scope, Bearer insufficient_scope',
    cases: ['userinfo: without openid'],
  },
  {
    why: 'RFC 6750 §3.1: the token is good, and what it lacks is openid.',
    ours: '403 with error error_description, Bearer insufficient_scope',
    theirs: '401 with error error_description, Bearer invalid_token',
    cases: ['userinfo: a token of a service'],
  },
  {
    why: 'RFC 6750 §3: credentials that give no access here are 401; theirs calls the header malformed.',
    ours: '401 with error error_description, Bearer invalid_token',
    theirs: '400 with error error_description, Bearer invalid_request',
    cases: ['userinfo: basic'],
  },
  {
    why: 'OpenID Connect Core 1.0 §2, §3.1.3.6, Back-Channel Logout 1.0 §2.1: acr, amr, azp, at_hash and sid are always told; theirs leaves out what is optional.',
    ours: 'acr amr at_hash aud auth_time azp exp iat iss nonce sid sub',
    theirs: 'aud auth_time exp iat iss nonce sub',
    cases: ['ID token: its claims'],
  },
];

export const CLIENT_DIFFERENCES: readonly Difference[] = [...CLIENTS, ...ENDPOINTS];
