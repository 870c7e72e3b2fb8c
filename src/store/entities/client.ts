import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { ClientSecret } from './client-secret.ts';
import { TextArray } from './text-array.ts';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'Client',
  tableName: 'clients',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    clientId: p.text().unique(),
    name: p.text(),
    clientUri: p.text().nullable(),
    grantTypes: p.type(TextArray).$type<readonly string[]>().default([]),
    /** Exactly as registered. A URI that begins with `/` belongs to a built-in client and is relative to the issuer. */
    redirectUris: p.type(TextArray).$type<readonly string[]>().default([]),
    applicationType: p.text().$type<'web' | 'native'>().default('web'),
    /** Origins of the redirect URIs. Scripts at these origins may read our responses (CORS). */
    webOrigins: p.type(TextArray).$type<readonly string[]>().default([]),
    /** OpenID Connect RP-Initiated Logout 1.0 §3.1: compared exactly. */
    postLogoutRedirectUris: p.type(TextArray).$type<readonly string[]>().default([]),
    /** OpenID Connect Back-Channel Logout 1.0 §2.2 */
    backchannelLogoutUri: p.text().nullable(),
    scopes: p.type(TextArray).$type<readonly string[]>().default([]),
    defaultScopes: p.type(TextArray).$type<readonly string[]>().default([]),
    /**
     * `client_secret_basic`, `client_secret_post`, `private_key_jwt` or `none`. Null: the secret is accepted in the
     * Authorization header or in the body.
     */
    tokenEndpointAuthMethod: p.text().nullable(),
    idTokenSignedResponseAlg: p.text().default('RS256'),
    /** RFC 7591 §2 jwks: the public keys of a client that authenticates with `private_key_jwt`. */
    jwks: p.json<Readonly<Record<string, unknown>>>().columnType('jsonb').nullable(),
    requirePkce: p.boolean().default(true),
    redirectUriOptional: p.boolean().default(false),
    /** Seconds. Null uses ACCESS_TOKEN_TTL. */
    accessTokenTtl: p.integer().nullable(),
    /** Seconds. Null uses REFRESH_GRACE. */
    refreshGrace: p.integer().nullable(),
    /** RFC 8707: the APIs that the client may request besides our own. */
    resources: p.type(TextArray).$type<readonly string[]>().default([]),
    accessTokenFormat: p.text().$type<'OPAQUE' | 'JWT'>().default('OPAQUE'),
    consent: p.text().$type<'REMEMBER' | 'ALWAYS'>().default('REMEMBER'),
    servicePermissions: p.type(TextArray).$type<readonly string[]>().default([]),
    /** The client also gets an email address that only its user has claimed. */
    unverifiedEmail: p.boolean().default(false),
    disabled: p.boolean().default(false),
    /**
     * Codes and tokens are invalid if their authorization is not newer than this. Null: all tokens of the client have never
     * been revoked at once.
     */
    tokensSince: p.datetime(3).nullable(),
    /** `builtIn` clients come from a migration and cannot be changed; `seeded` ones come from the `seed` command. */
    builtIn: p.boolean().default(false),
    seeded: p.boolean().default(false),
    createdAt: p.datetime(3),
    /** When an administrator approved the client of an owner who lacks MANAGE_CLIENTS. */
    approvedAt: p.datetime(3).nullable(),
    owner: () => p.manyToOne(User).nullable().deleteRule('cascade').index(),
    secrets: () => p.oneToMany(ClientSecret).mappedBy('client'),
  },
  indexes: [
    { properties: ['createdAt', 'id'] },
    { properties: ['webOrigins'], type: 'gin' },
    { properties: ['grantTypes'], type: 'gin' },
  ],
});

export class Client extends schema.class {}
schema.setClass(Client);
