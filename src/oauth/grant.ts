import type { Client } from './clients/client.ts';
import type { OAuthRequest } from './oauth-request.ts';
import type { Params } from './params.ts';
import type { EarlyLookUp } from './tokens/early-lookup.ts';
import type { TokenResponse } from './tokens/token-response.ts';

/** A token request whose client is authenticated and registered for the grant. `Row` is the result of the grant's look-up. */
export interface TokenRequest<Row = unknown> extends OAuthRequest {
  readonly params: Params;
  readonly client: Client;
  /** The stored code or token of the request. Undefined if it is unknown, malformed or missing. */
  readonly presented: Promise<Row | undefined>;
}

/**
 * A grant type. The token endpoint, registration, the metadata, the GraphQL enum and the rules for users' own clients are all
 * derived from this value.
 */
export interface Grant<Row = unknown> {
  /** `grant_type` in requests, registrations and metadata: a name, or a URI (RFC 6749 §4.5). */
  readonly grantType: string;
  /** The name in GraphQL, where a URI cannot be a name. */
  readonly name: string;
  readonly description: string;
  /** True if a client needs a registered redirect URI to use it. */
  readonly needsRedirectUri: boolean;
  /** True if it issues refresh tokens to clients that are also registered for `refresh_token`. */
  readonly refreshable: boolean;
  /** True if only clients that authenticate may use it. */
  readonly confidential: boolean;
  /** True if users may register it for their own clients without MANAGE_CLIENTS. */
  readonly selfService: boolean;
  /** True if new clients should not use it (RFC 9700 §2.1.2, §2.4). The metadata names it only while an enabled client may use it. */
  readonly deprecated?: true;
  /** Looks up the code or token of the request. It starts while the client is still being authenticated. */
  readonly lookUp?: EarlyLookUp<Row>;
  /** Handles a token request or throws OAuthError. Missing if the authorization endpoint issues the tokens. */
  handle?(request: TokenRequest<Row>): Promise<TokenResponse>;
}
