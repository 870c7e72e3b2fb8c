import type { Client } from './clients/client.ts';
import type { OAuthRequest } from './oauth-request.ts';
import type { Params } from './params.ts';
import type { EarlyLookUp } from './tokens/early-lookup.ts';
import type { TokenResponse } from './tokens/token-response.ts';

/** A token request whose client is authenticated and registered for the grant. `Row`: what the grant's look-up finds. */
export interface TokenRequest<Row = unknown> extends OAuthRequest {
  readonly params: Params;
  readonly client: Client;
  /** What is stored of the code or token in the request; undefined if it is unknown, malformed or missing. */
  readonly presented: Promise<Row | undefined>;
}

/**
 * One way for clients to get tokens. The token endpoint, registration, the server's metadata, the GraphQL enum and the rules for
 * users' own clients all follow from this value.
 */
export interface Grant<Row = unknown> {
  /** `grant_type` in requests, registrations and metadata: a name, or a URI (RFC 6749 §4.5). */
  readonly grantType: string;
  /** Its name in GraphQL, where a URI cannot be a name. */
  readonly name: string;
  readonly description: string;
  /** Whether a client needs a registered redirect URI to use it. */
  readonly needsRedirectUri: boolean;
  /** Whether it can issue refresh tokens, to clients that are also registered for `refresh_token`. */
  readonly refreshable: boolean;
  /** Whether users may give it to their own clients without MANAGE_CLIENTS. */
  readonly selfService: boolean;
  /** The code or token that a request presents: its look-up starts while the client is still being authenticated. */
  readonly lookUp?: EarlyLookUp<Row>;
  /** Responds to a token request, or throws an OAuthError. Missing where the authorization endpoint issues the tokens. */
  handle?(request: TokenRequest<Row>): Promise<TokenResponse>;
}
