import type { Difference } from '../support/differential/case.ts';

const ALL = '200 access+refresh+id for "openid read"';

/** RFC 6749 §3.2 */
export const GRANT_DIFFERENCES: readonly Difference[] = [
  {
    why: 'RFC 6749 §4.1.3: required if it was sent at authorize; may be left out where PKCE binds the code, and there theirs agrees.',
    ours: '400 invalid_request',
    theirs: ALL,
    cases: ['code: redirect_uri left out, no PKCE'],
  },
  {
    why: 'RFC 7636 §4.6: a verifier that does not match is invalid_grant, be it too short, too long or misspelt.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: ['too short', 'too long', 'with a letter that is none'].map((fault) => `code: verifier ${fault}`),
  },
  {
    why: 'OpenID Connect Core 1.0 §11: left out without prompt=consent; here the consent page has it among what is asked, every time it is new.',
    ours: '200 access+refresh+id for "openid offline_access"',
    theirs: '200 access+refresh+id for "openid"',
    cases: ['code: offline_access without prompt=consent'],
  },
  {
    why: "RFC 6749 §3.3: no scope asked is the client's default, and the answer says which; theirs has nothing to grant and refuses.",
    ours: '200 access+refresh+id for "openid profile email offline_access read"',
    theirs: 'no code: access_denied',
    cases: ['code: no scope asked'],
  },
  {
    why: "RFC 6749 §3.3: no scope asked is the client's default, and the answer says which; theirs gives a token for nothing.",
    ours: '200 access for "read groups"',
    theirs: '200 access for ""',
    cases: ['client_credentials: scope left out', 'client_credentials: scope empty'],
  },
  {
    why: 'RFC 6749 §5.2: an unknown scope is invalid_scope; theirs passes over it and gives a token for nothing.',
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
    why: 'RFC 6749 §4.3: served, to clients that are registered for it, which this one is not; theirs does not know it.',
    ours: '400 unauthorized_client',
    theirs: '400 unsupported_grant_type',
    cases: ['grant_type=password'],
  },
  {
    why: 'RFC 6749 §3.2: multipart/form-data without files is what `curl -F` sends, and means the same.',
    ours: '400 invalid_grant',
    theirs: '400 invalid_request',
    cases: ['form: multipart'],
  },
  {
    why: 'RFC 9110 §15.5.6: the path is there, the method is not; theirs looks up both at once.',
    ours: '405 invalid_request',
    theirs: '404 text',
    cases: ['form: by GET'],
  },
];
