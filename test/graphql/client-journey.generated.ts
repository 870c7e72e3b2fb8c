/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type AccessTokenFormat =
  | 'JWT'
  | 'OPAQUE';

export type ApplicationType =
  | 'native'
  | 'web';

export type ConsentMode =
  | 'ALWAYS'
  | 'REMEMBER';

export type DeleteClientInput = {
  clientId: string;
};

export type GrantType =
  | 'authorization_code'
  | 'client_credentials'
  | 'implicit'
  | 'password'
  | 'refresh_token';

export type Permission =
  | 'INTROSPECT'
  | 'MANAGE_CLIENTS'
  | 'MANAGE_GROUPS'
  | 'MANAGE_USERS'
  | 'READ_AUDIT'
  | 'READ_DIRECTORY';

export type RegisterClientInput = {
  accessTokenFormat?: AccessTokenFormat | null | undefined;
  accessTokenTtl?: number | null | undefined;
  applicationType?: ApplicationType | null | undefined;
  backchannelLogoutUri?: string | null | undefined;
  clientUri?: string | null | undefined;
  consent?: ConsentMode | null | undefined;
  defaultScopes?: Array<string> | null | undefined;
  grantTypes: Array<GrantType>;
  idTokenSignedResponseAlg?: SigningAlgorithm | null | undefined;
  jwks?: Record<string, unknown> | null | undefined;
  name: string;
  postLogoutRedirectUris?: Array<string> | null | undefined;
  redirectUriOptional?: boolean | null | undefined;
  redirectUris?: Array<string> | null | undefined;
  refreshGrace?: number | null | undefined;
  requirePkce?: boolean | null | undefined;
  resources?: Array<string> | null | undefined;
  responseTypes?: Array<ResponseType> | null | undefined;
  scope?: string | null | undefined;
  servicePermissions?: Array<Permission> | null | undefined;
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | null | undefined;
  unverifiedEmail?: boolean | null | undefined;
};

export type ResponseType =
  | 'code'
  | 'token';

export type SigningAlgorithm =
  | 'ES256'
  | 'EdDSA'
  | 'RS256';

export type TokenEndpointAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'none'
  | 'private_key_jwt';

export type UpdateClientInput = {
  accessTokenFormat?: AccessTokenFormat | null | undefined;
  accessTokenTtl?: number | null | undefined;
  applicationType?: ApplicationType | null | undefined;
  backchannelLogoutUri?: string | null | undefined;
  clientId: string;
  clientUri?: string | null | undefined;
  consent?: ConsentMode | null | undefined;
  defaultScopes?: Array<string> | null | undefined;
  disabled?: boolean | null | undefined;
  grantTypes?: Array<GrantType> | null | undefined;
  idTokenSignedResponseAlg?: SigningAlgorithm | null | undefined;
  jwks?: Record<string, unknown> | null | undefined;
  name?: string | null | undefined;
  postLogoutRedirectUris?: Array<string> | null | undefined;
  redirectUriOptional?: boolean | null | undefined;
  redirectUris?: Array<string> | null | undefined;
  refreshGrace?: number | null | undefined;
  requirePkce?: boolean | null | undefined;
  resources?: Array<string> | null | undefined;
  responseTypes?: Array<ResponseType> | null | undefined;
  scope?: string | null | undefined;
  servicePermissions?: Array<Permission> | null | undefined;
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | null | undefined;
  unverifiedEmail?: boolean | null | undefined;
};

export type UserErrorCode =
  | 'INVALID'
  | 'NOT_FOUND'
  | 'TAKEN';

export type ClientQueryVariables = Exact<{
  clientId: string;
}>;


export type ClientQuery = { client: { name: string, grantTypes: Array<GrantType>, owner: { username: string } | null } | null };

export type RegisterClientMutationVariables = Exact<{
  input: RegisterClientInput;
}>;


export type RegisterClientMutation = { registerClient: { clientSecret: string | null, client: { clientId: string, grantTypes: Array<GrantType> } | null, errors: Array<{ code: UserErrorCode, path: Array<string> | null }> } | null };

export type UpdateClientMutationVariables = Exact<{
  input: UpdateClientInput;
}>;


export type UpdateClientMutation = { updateClient: { client: { name: string } | null } | null };

export type DeleteClientMutationVariables = Exact<{
  input: DeleteClientInput;
}>;


export type DeleteClientMutation = { deleteClient: { deletedClientId: string | null } | null };


export const ClientDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Client"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"clientId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"client"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"clientId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"clientId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"grantTypes"}},{"kind":"Field","name":{"kind":"Name","value":"owner"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"username"}}]}}]}}]}}]} as unknown as DocumentNode<ClientQuery, ClientQueryVariables>;
export const RegisterClientDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RegisterClient"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterClientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"registerClient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"client"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clientId"}},{"kind":"Field","name":{"kind":"Name","value":"grantTypes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"clientSecret"}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<RegisterClientMutation, RegisterClientMutationVariables>;
export const UpdateClientDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateClient"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateClientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateClient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"client"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<UpdateClientMutation, UpdateClientMutationVariables>;
export const DeleteClientDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteClient"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteClientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteClient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedClientId"}}]}}]}}]} as unknown as DocumentNode<DeleteClientMutation, DeleteClientMutationVariables>;