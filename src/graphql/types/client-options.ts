import { builder } from '../builder.ts';
import { ClientType } from './client.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

const AccessTokenFormatEnum = builder.enumType('AccessTokenFormat', {
  description: 'What the access tokens of a client look like.',
  values: {
    OPAQUE: {
      description: 'Nothing can be read in them: an API asks this server, and what is revoked is dead at once.',
    },
    JWT: {
      description:
        'RFC 9068: an API reads and checks them by itself, and takes them until they expire, even when they have been revoked. This server always looks.',
    },
  },
});

/** What a client may be registered with beside what every client has: the same words for registering and changing. */
export const optionFields = (t: InputFields) => ({
  postLogoutRedirectUris: t.stringList({
    description: 'Where people may be sent back to once they have signed out: under the rules of redirectUris.',
  }),
  backchannelLogoutUri: t.string({
    description:
      'Where this server tells it that somebody has signed out: https. Null: nowhere. Requires permission MANAGE_CLIENTS.',
  }),
  resources: t.stringList({
    description:
      'APIs of yours that it may ask tokens for (RFC 8707), as absolute URIs; this server and its API it always may. Requires permission MANAGE_CLIENTS.',
  }),
  accessTokenFormat: t.field({
    type: AccessTokenFormatEnum,
    description: 'What its access tokens look like: OPAQUE if left out. JWT requires permission MANAGE_CLIENTS.',
  }),
  jwks: t.field({
    type: 'JSONObject',
    description:
      'Its public keys as a JSON Web Key Set, for private_key_jwt: RSA from 2048 bits on, P-256, Ed25519. Never a private one.',
  }),
});

interface Options {
  readonly resources?: readonly string[] | null | undefined;
  readonly accessTokenFormat?: 'OPAQUE' | 'JWT' | null | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | null | undefined;
  readonly backchannelLogoutUri?: string | null | undefined;
  readonly jwks?: Record<string, unknown> | null | undefined;
}

/** Field by field, as all input. */
export const readOptions = ({
  postLogoutRedirectUris,
  backchannelLogoutUri,
  resources,
  accessTokenFormat,
  jwks,
}: Options) => ({
  resources,
  accessTokenFormat,
  postLogoutRedirectUris,
  backchannelLogoutUri,
  jwks,
});

builder.objectFields(ClientType, (t) => ({
  resources: t.stringList({
    description: 'The APIs it may ask tokens for (RFC 8707), beside this server and its own API.',
    resolve: ({ resources }) => [...resources],
  }),
  accessTokenFormat: t.field({
    type: AccessTokenFormatEnum,
    description: 'What its access tokens look like.',
    resolve: ({ accessTokenFormat }) => (accessTokenFormat === 'JWT' ? 'JWT' : 'OPAQUE'),
  }),
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
