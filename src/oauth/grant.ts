import type { Client } from './clients/client.ts';
import type { OAuthRequest } from './oauth-request.ts';
import type { Params } from './params.ts';
import type { Presented } from './tokens/early-lookup.ts';
import type { TokenResponse } from './tokens/token-response.ts';

/** A token request whose client is authenticated and registered for the grant. */
export interface TokenRequest extends OAuthRequest {
  readonly params: Params;
  readonly client: Client;
  readonly presented: Presented;
}

/** One kind of token request: values in, an answer out, or an OAuthError. */
export type Grant = (request: TokenRequest) => Promise<TokenResponse>;
