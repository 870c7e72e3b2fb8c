/** What a section asks of an authorization server, in a few words; where the tests that try it do not name it, which they are. */
export type Section = readonly [section: string, asks: string, proof?: Proof];

/** Tests by their paths, or why there is nothing to try. */
export type Proof = { readonly by: readonly string[] } | { readonly not: string };

const by = (...tests: string[]): Proof => ({ by: tests });
const not = (why: string): Proof => ({ not: why });

export const OAUTH: Readonly<Record<string, readonly Section[]>> = {
  'RFC 6749': [
    ['2.1', 'Public clients are told from confidential ones'],
    ['2.2', 'The client identifier is no secret and proves nothing', by('oauth/client-authentication')],
    ['2.3', 'One way of authentication in a request'],
    ['2.3.1', 'The secret by HTTP Basic, form-encoded, or in the body; never in the URL'],
    ['3.1', 'Parameters: unknown ones are passed over, empty ones are omitted ones, none is repeated'],
    ['3.1.1', 'response_type is required and known', by('http/authorize-refusals')],
    ['3.1.2', 'Redirect URIs are absolute and have no fragment'],
    ['3.1.2.3', 'Compared with what is registered, byte for byte'],
    ['3.1.2.4', 'A bad one is told to the person and not followed', by('http/authorize-redirect-uri')],
    ['3.2', 'The token endpoint is for POST, in a form'],
    ['3.3', 'Scope: order means nothing, and the answer says what was granted'],
    ['4.1.1', 'The authorization request'],
    ['4.1.2', 'The code: short-lived, used once, bound to client and redirect URI; its replay revokes'],
    ['4.1.2.1', 'Errors go back to the client with its state'],
    ['4.1.3', 'The exchange: client, redirect URI and code must belong together'],
    ['4.1.4', 'The token answer'],
    [
      '4.2',
      'Implicit: only for clients registered with it, in the fragment, never with a refresh token',
      by('demo-data'),
    ],
    ['4.2.2.1', 'Its errors, in the fragment'],
    ['4.3', 'Password: only for clients registered with it'],
    ['4.4', 'Client credentials: confidential clients only, no refresh token'],
    ['4.5', 'Extension grants', not('none is served: `unsupported_grant_type`')],
    ['5.1', 'The answer is JSON and kept by nobody'],
    ['5.2', 'Errors: their codes, statuses and challenge'],
    ['6', 'Refresh: the same client, the same scope or less'],
    ['10.4', 'Refresh tokens are bound, rotated and watched for replay'],
    ['10.5', 'Codes are used once'],
    ['10.10', 'Secrets cannot be guessed'],
    ['10.12', 'Cross-site requests: state comes back, forms carry a token'],
    ['10.13', 'No page can be framed', by('http/headers', 'http/pages')],
    ['10.14', 'Input is checked and escaped'],
    ['10.15', 'No open redirect', by('http/authorize-redirect-uri')],
  ],
  'RFC 6750': [
    ['2.1', 'The token in the Authorization header', by('graphql/bearer')],
    ['2.2', 'In a form: at userinfo, never together with the header; not at the API'],
    ['2.3', 'Never in the URL'],
    ['3', 'A challenge with every refusal', by('graphql/refusals')],
    ['3.1', 'invalid_request, invalid_token, insufficient_scope, and their statuses'],
    ['5.3', 'Tokens are short-lived and scoped', by('lifetimes', 'graphql/access')],
  ],
  'RFC 7009': [
    ['2.1', 'A client revokes its own tokens'],
    ['2.2', 'The answer is 200 whatever the token was'],
    ['2.2.1', 'What cannot be done is not said to be done'],
    ['2.3', 'Scripts of other origins', by('http/cors')],
  ],
  'RFC 7521': [['4.2', 'An assertion and another way of authentication do not go together']],
  'RFC 7523': [
    ['2.2', 'A client proves itself by a JWT'],
    ['3', 'What that JWT must say, and that it serves once'],
  ],
  'RFC 7591': [
    ['2', 'Client metadata and its names'],
    ['3', 'A registration endpoint', not('clients are registered by the API and the command line')],
  ],
  'RFC 7636': [
    ['4.1', 'The verifier', by('oauth/pkce')],
    ['4.2', 'The challenge', by('oauth/pkce')],
    ['4.3', 'S256 only'],
    ['4.4.1', 'A challenge that is demanded and missing is an error'],
    ['4.6', 'The verifier is checked before the code is spent'],
  ],
  'RFC 7662': [
    ['2.1', 'Introspection is for clients that have proven themselves'],
    ['2.2', 'What is told of a live token, and that nothing is told of others'],
    ['4', 'No scanning for tokens'],
  ],
  'RFC 8252': [
    ['7.1', 'Private-use schemes', by('oauth/client-registration-uris')],
    ['7.3', 'Loopback addresses: any port'],
    ['8.6', 'A consent is not remembered where anybody can be the client'],
  ],
  'RFC 8414': [
    ['2', 'Metadata: what is mounted and nothing else', by('http/well-known', 'http/well-known-values')],
    ['3', 'Where it is, for everybody, and for how long', by('http/well-known')],
  ],
  'RFC 8725': [
    ['3.1', 'The algorithm is ours to say', by('http/sign-in-subject', 'oauth/client-assertion')],
    ['3.11', 'The kind of a JWT is looked at'],
  ],
  'RFC 9207': [
    ['2', 'iss in every answer'],
    ['3', 'It is advertised', by('http/well-known')],
  ],
  'RFC 9700': [
    ['2.1', 'Redirect URIs are compared exactly'],
    ['2.1.1', 'PKCE, and no downgrade', by('oauth/pkce-flow')],
    ['2.2.2', 'Refresh tokens of public clients are rotated', by('oauth/grants/refresh-token')],
    ['4.1', 'Redirect URI validation'],
    ['4.2.4', 'No referrer carries a code', by('http/headers')],
    ['4.3', 'No token in the history of a browser'],
    ['4.12', '303, never 307', by('http/authorize-answers', 'http/consent-decision')],
    ['4.14.2', 'The replay of a refresh token ends its family'],
    ['4.16', 'Clickjacking'],
  ],
  'RFC 9728': [
    ['2', 'What a protected resource says of itself', by('http/well-known')],
    ['3.1', 'Where it says it', by('http/well-known')],
    ['5.1', 'Challenges point there', by('http/well-known', 'http/userinfo')],
  ],
};
