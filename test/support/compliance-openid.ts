import type { Proof, Section } from './compliance-sections.ts';

const by = (...tests: string[]): Proof => ({ by: tests });
const not = (why: string): Proof => ({ not: why });

export const OPENID: Readonly<Record<string, readonly Section[]>> = {
  'OpenID Connect Core 1.0': [
    ['2', 'The ID token and its claims'],
    ['3.1.2.1', 'prompt, max_age, login_hint, id_token_hint, display, ui_locales, acr_values, nonce'],
    [
      '3.1.2.2',
      'The request is checked before anybody is asked',
      by('http/authorize-refusals', 'http/sign-in-request'),
    ],
    ['3.1.2.3', 'Who must sign in, and again', by('http/sign-in-request')],
    ['3.1.2.4', 'Who is asked for consent, and again', by('http/sign-in-request', 'http/consent')],
    ['3.1.2.6', 'login_required, consent_required, request_not_supported and the like', by('http/sign-in-request')],
    ['3.1.3.3', 'The token answer has an ID token where openid was granted'],
    ['3.1.3.6', 'at_hash', by('oauth/id-token')],
    ['3.2', 'Implicit with ID token', not('`id_token` and `id_token token` are `unsupported_response_type`')],
    ['3.3', 'Hybrid', not('`code id_token` and the like are `unsupported_response_type`')],
    ['5.1', 'Standard claims', by('oauth/id-token', 'http/userinfo')],
    ['5.3', 'userinfo, by GET and POST'],
    ['5.3.2', 'Its answer, with the sub of the ID token', by('http/userinfo', 'end-to-end/openid-clients')],
    ['5.3.3', 'Its errors', by('http/userinfo')],
    ['5.4', 'Claims by scope'],
    ['5.5', 'The claims parameter'],
    ['5.5.1', 'Essential claims and values'],
    ['5.5.1.1', 'An essential acr that cannot be had'],
    [
      '6',
      'Request objects',
      not('`request_not_supported`, `request_uri_not_supported`: tried in `http/sign-in-request`'),
    ],
    ['7', 'Self-issued providers', not('this server is not one; `registration_not_supported`')],
    ['8', 'sub is the same for every client (public) and never given again', by('oauth/id-token', 'http/userinfo')],
    ['9', 'Ways for a client to prove itself', by('http/well-known-values', 'oauth/client-assertion')],
    ['10.1', 'Signatures, their keys and how these change', by('oauth/signing-keys')],
    ['10.2', 'Encryption', not('nothing is encrypted beyond TLS')],
    ['11', 'offline_access', by('http/account-access')],
    ['12.2', 'A refresh brings an ID token of the same person and sign-in'],
    [
      '15.1',
      'What every server must have',
      by('end-to-end/openid-conformance-tokens', 'end-to-end/openid-conformance-requests'),
    ],
    ['16.11', 'No token is taken for another kind', by('http/sign-in-subject', 'graphql/bearer')],
  ],
  'OpenID Connect Discovery 1.0': [
    [
      '2',
      'Finding the issuer of a person (WebFinger)',
      not('optional, and the issuer is known to whoever registers a client'),
    ],
    ['3', 'Metadata', by('http/well-known', 'http/well-known-values')],
    ['4', 'The document is found from the issuer alone', by('http/well-known', 'end-to-end/openid-clients')],
  ],
  'RP-Initiated Logout': [
    ['2', 'A client sends the person to sign out; without a good id_token_hint they are asked'],
    ['2.1', 'The endpoint is advertised', by('http/well-known')],
    ['3', 'Back to where the client registered, and nowhere else'],
    ['3.1', 'post_logout_redirect_uris'],
  ],
  'Back-Channel Logout': [
    ['2.1', 'It is advertised, with sessions', by('http/well-known')],
    ['2.2', 'backchannel_logout_uri'],
    ['2.4', 'The logout token'],
    ['2.5', 'It is sent, and sent again'],
    ['2.7', 'What was granted for the time of the session ends with it'],
  ],
  'RFC 7517': [['5', 'The published keys']],
  'RFC 7638': [['3', 'A key is named by its thumbprint', by('oauth/signing-keys')]],
};
