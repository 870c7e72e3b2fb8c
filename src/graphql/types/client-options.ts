import { builder } from '../builder.ts';
import { ClientType } from './client.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

/** What a client may be registered with beside what every client has: the same words for registering and changing. */
export const optionFields = (t: InputFields) => ({
  postLogoutRedirectUris: t.stringList({
    description: 'Where people may be sent back to once they have signed out: under the rules of redirectUris.',
  }),
  backchannelLogoutUri: t.string({
    description:
      'Where this server tells it that somebody has signed out: https. Null: nowhere. Requires permission MANAGE_CLIENTS.',
  }),
  jwks: t.field({
    type: 'JSONObject',
    description:
      'Its public keys as a JSON Web Key Set, for private_key_jwt: RSA from 2048 bits on, P-256, Ed25519. Never a private one.',
  }),
});

interface Options {
  readonly postLogoutRedirectUris?: readonly string[] | null | undefined;
  readonly backchannelLogoutUri?: string | null | undefined;
  readonly jwks?: Record<string, unknown> | null | undefined;
}

/** Field by field, as all input. */
export const readOptions = ({ postLogoutRedirectUris, backchannelLogoutUri, jwks }: Options) => ({
  postLogoutRedirectUris,
  backchannelLogoutUri,
  jwks,
});

builder.objectFields(ClientType, (t) => ({
  postLogoutRedirectUris: t.stringList({
    description:
      'OpenID Connect post_logout_redirect_uris, byte for byte: where people are sent back to once signed out.',
    resolve: ({ postLogoutRedirectUris }) => [...postLogoutRedirectUris],
  }),
  backchannelLogoutUri: t.exposeString('backchannelLogoutUri', {
    description: 'OpenID Connect backchannel_logout_uri: where it is told that somebody has signed out.',
    nullable: true,
  }),
  jwks: t.expose('jwks', {
    type: 'JSONObject',
    description: 'RFC 7591 jwks: its public keys, for private_key_jwt.',
    nullable: true,
  }),
}));
