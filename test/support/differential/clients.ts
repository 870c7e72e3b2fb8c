import type { ClientMetadata } from 'oidc-provider';
import type { ClientRegistration } from '../../../src/oauth/registration/metadata.ts';
import { CALLBACK } from '../authorize.ts';
import type { Algorithm } from '../client-assertions.ts';

/** A client that is registered at both servers. */
export interface ComparedClient {
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  readonly grants: ClientRegistration['grantTypes'];
  readonly redirectUris: readonly string[];
  readonly scope: string;
  readonly requirePkce: boolean;
}

export const LOOPBACK = 'http://127.0.0.1/cb';
export const LOOPBACK_6 = 'http://[::1]/cb';
export const SIGNED_WITH: Algorithm = 'ES256';
export const secretOf = (id: string): string => `${id}-0123456789abcdefghijklmnopqrstuvwxyz`;

const SCOPE = 'openid profile email offline_access read';
const web: ComparedClient = {
  method: 'client_secret_basic',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [CALLBACK],
  scope: SCOPE,
  requirePkce: true,
};

/** By client_id. */
export const CLIENTS = {
  web,
  /** A confidential client for which PKCE is optional. */
  plain: { ...web, requirePkce: false },
  other: { ...web, requirePkce: false },
  post: { ...web, method: 'client_secret_post', requirePkce: false },
  signer: { ...web, method: 'private_key_jwt', requirePkce: false },
  page: { ...web, method: 'none' },
  native: { ...web, method: 'none', redirectUris: [LOOPBACK, LOOPBACK_6] },
  two: { ...web, requirePkce: false, redirectUris: [CALLBACK, 'https://client.example/cb?a=b'] },
  once: { ...web, requirePkce: false, grants: ['authorization_code'] },
  service: { ...web, grants: ['client_credentials'], redirectUris: [], scope: 'read groups' },
} as const satisfies Record<string, ComparedClient>;

export type ClientId = keyof typeof CLIENTS;

/** The registration of the client at Gatehouse. */
export const registrationOf = (id: string, client: ComparedClient, jwks: object): ClientRegistration => ({
  name: id,
  grantTypes: client.grants,
  redirectUris: client.redirectUris,
  scope: client.scope,
  tokenEndpointAuthMethod: client.method,
  requirePkce: client.requirePkce,
  ...(client.method === 'private_key_jwt' ? { jwks: jwks as Record<string, unknown> } : {}),
});

/** The registration of the client at oidc-provider (RFC 7591 §2). */
export const metadataOf = (id: string, client: ComparedClient, jwks: object): ClientMetadata => ({
  client_id: id,
  ...(client.method.startsWith('client_secret') ? { client_secret: secretOf(id) } : {}),
  ...(client.method === 'private_key_jwt' ? { jwks: jwks as NonNullable<ClientMetadata['jwks']> } : {}),
  token_endpoint_auth_method: client.method,
  grant_types: [...client.grants],
  response_types: client.redirectUris.length > 0 ? ['code'] : [],
  redirect_uris: [...client.redirectUris],
  application_type: client.redirectUris.includes(LOOPBACK) ? 'native' : 'web',
  scope: client.scope,
});
