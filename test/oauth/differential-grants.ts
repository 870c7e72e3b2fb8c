import type { Difference } from '../support/differential/case.ts';

const ALL = '200 access+refresh+id for "openid read"';

/** RFC 6749 §3.2 */
export const GRANT_DIFFERENCES: readonly Difference[] = [
  {
    why: 'RFC 6749 §4.1.3: required if it was sent to authorize; only a code with PKCE makes it optional, also in theirs.',
    ours: '400 invalid_request',
    theirs: ALL,
    cases: ['code: redirect_uri omitted, no PKCE'],
  },
  {
    why: 'RFC 7636 §4.6: a verifier that does not match is invalid_grant, even if its syntax is invalid.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: ['too short', 'too long', 'with an invalid character'].map((error) => `code: verifier ${error}`),
  },
  {
    why: 'OpenID Connect Core 1.0 §11: theirs ignores it without prompt=consent; ours asks for it on the consent page whenever it is new.',
    ours: '200 access+refresh+id for "openid offline_access"',
    theirs: '200 access+refresh+id for "openid"',
    cases: ['code: offline_access without prompt=consent'],
  },
  {
    why: 'RFC 6749 §3.3: without a scope the client gets its default scopes, and the response lists them; theirs rejects the request.',
    ours: '200 access+refresh+id for "openid profile email offline_access read"',
    theirs: 'no code: access_denied',
    cases: ['code: scope omitted'],
  },
  {
    why: 'RFC 6749 §3.3: without a scope the client gets its default scopes, and the response lists them; theirs issues a token without scopes.',
    ours: '200 access for "read groups"',
    theirs: '200 access for ""',
    cases: ['client_credentials: scope omitted', 'client_credentials: scope empty'],
  },
  {
    why: 'RFC 6749 §5.2: an unknown scope is invalid_scope; theirs ignores it and issues a token without scopes.',
    ours: '400 invalid_scope',
    theirs: '200 access for ""',
    cases: ['client_credentials: scope unknown'],
  },
  {
    why: 'RFC 6749 §5.2: unauthorized_client is the code for a grant that the client may not use.',
    ours: '400 unauthorized_client',
    theirs: '400 invalid_request',
    cases: [
      'refresh: by a client not registered for it',
      'authorization_code: by a client not registered for it',
      'client_credentials: by a client not registered for it',
      'client_credentials: by a public client',
    ],
  },
  {
    why: 'RFC 6749 §4.3: ours supports the grant for registered clients, which this one is not; theirs does not support it.',
    ours: '400 unauthorized_client',
    theirs: '400 unsupported_grant_type',
    cases: ['grant_type=password'],
  },
  {
    why: 'RFC 6749 §3.2: ours also accepts multipart/form-data without files, which `curl -F` sends.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: ['form: multipart'],
  },
  {
    why: 'RFC 9110 §15.5.6: the path exists and the method is not allowed; theirs does not distinguish them.',
    ours: '405 invalid_request',
    theirs: '404 text',
    cases: ['form: by GET'],
  },
];
