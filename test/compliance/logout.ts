import { specification } from './specification.ts';

export const LOGOUT_AND_OTHERS = [
  specification(
    'RP-Initiated Logout',
    'OpenID Connect RP-Initiated Logout 1.0',
    'https://openid.net/specs/openid-connect-rpinitiated-1_0.html',
    `
2  MUST  GET and POST are supported
  http/endpoints/end-session: POST works as well, also from another site, whose form brings no cookie
2  SHOULD  an expired id_token_hint is accepted
  http/endpoints/end-session: an ID token that expired long ago is still accepted
2  MUST  client_id and id_token_hint match
  http/endpoints/end-session: an app that is unknown, disabled or not the audience of the token gets no redirect
2  MUST  without a hint for this session the user is asked to confirm
  http/endpoints/end-session: the page asks for confirmation, names the app and returns to it
2  MAY  ui_locales
  not offered: the pages are in English
2.1  MUST  the endpoint is advertised
  http/endpoints/well-known: every URL in the metadata responds as its name promises
3  MUST  users are only redirected to exactly registered URIs
  http/endpoints/end-session: J178
3  MUST  state is returned
  http/endpoints/end-session: the user is signed out without confirmation and returns to the app with its state
3.1  MUST  post_logout_redirect_uris can be registered
  graphql/types/logout-metadata: the logout URIs can be registered, changed and removed
4  MUST  an error is shown, without a redirect
  http/endpoints/end-session: J178
6  SHOULD  a third party cannot sign a user out
  http/endpoints/end-session: J164
`,
  ),
  specification(
    'Back-Channel Logout',
    'OpenID Connect Back-Channel Logout 1.0',
    'https://openid.net/specs/openid-connect-backchannel-1_0.html',
    `
2.1  MAY  support is advertised, including sid
  http/endpoints/well-known: Q295 C56
2.2  MUST  the URI is https; here also a loopback address if ISSUER is one
  graphql/types/logout-metadata: %s is rejected as a back-channel logout URI
2.2  MAY  backchannel_logout_session_required
  not offered: every logout token has sid
2.3  MUST  the server records which clients a user signed in to
  http/operations/backchannel-logout: no logout token is sent
2.4  MUST  a logout token has iss, aud, iat, exp, jti, events, sub and sid, and no nonce
  http/operations/backchannel-logout: the app gets a signed logout token
2.5  MUST  the logout token is sent as a form POST
  http/operations/backchannel-logout: the app gets a signed logout token
  http/operations/outbound: postForm posts a form, follows no redirect
2.5  SHOULD  a failed delivery is retried
  http/operations/backchannel-logout: any node retries a failed delivery
2.7  SHOULD  refresh tokens without offline_access end with the session
  http/site/account-access: Back-Channel Logout §2.7
4.1  MUST  a logout token cannot be used as an ID token
  http/operations/backchannel-logout: the app gets a signed logout token
`,
  ),
  specification(
    'Other extensions',
    'Other extensions',
    'https://www.iana.org/assignments/oauth-parameters',
    `
RFC 7592  MAY  clients manage their own registration
  not offered: users register clients through GraphQL
RFC 8628  MAY  devices without a browser
  not offered: not built yet
RFC 8693  MAY  token exchange
  not offered: not built yet
RFC 8705  MAY  certificates of clients (mTLS)
  not offered: not built yet; private_key_jwt authenticates without a shared secret
RFC 9101  MAY  signed requests (JAR)
  not offered: request_not_supported, request_uri_not_supported
  http/endpoints/sign-in-request: %s is refused with its own error code
RFC 9126  MAY  pushed requests (PAR)
  not offered: not built yet
  http/endpoints/well-known: Q298
RFC 9396  MAY  rich authorization requests
  not offered: scopes are sufficient for the API
RFC 9449  MAY  tokens bound to a key (DPoP)
  not offered: not built yet
Form Post  MAY  responses sent by a form
  not offered: unsupported_response_mode
  http/endpoints/authorize-errors: A16
Front-Channel Logout  MAY  sign-out through frames in the browser
  not offered: browsers block cookies in such frames; use back-channel logout
Session Management  MAY  a frame that reports the state of the session
  not offered: browsers block cookies in such frames
`,
  ),
];
