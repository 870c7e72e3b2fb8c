import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Client } from './client.ts';
import { TextArray } from './text-array.ts';

const schema = defineEntity({
  name: 'AuthorizationRequest',
  tableName: 'authorization_requests',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    digest: p.uint8array().columnType('bytea').unique().hidden(),
    /** Digest of the cookie of the browser that opened it: nobody else's browser may go on with it. */
    browser: p.uint8array().columnType('bytea').index().hidden(),
    client: () => p.manyToOne(Client).deleteRule('cascade').index(),
    responseType: p.text(),
    /** As sent; null: omitted, and the one registered URI stands in. */
    redirectUri: p.text().nullable(),
    scopes: p.type(TextArray).$type<string[]>(),
    resources: p.type(TextArray).$type<string[]>().default([]),
    state: p.text().nullable(),
    codeChallenge: p.text().nullable(),
    nonce: p.text().nullable(),
    /** OpenID Connect Core 1.0 §3.1.2.1, as they were sent. */
    prompts: p.type(TextArray).$type<string[]>().default([]),
    loginHint: p.text().nullable(),
    /** The person must have proved who they are at this moment or after it (prompt=login, max_age). */
    authenticatedSince: p.datetime(3).nullable(),
    /** The one person it is about (id_token_hint, the claim sub). */
    subject: p.uuid().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).index(),
    decidedAt: p.datetime(3).nullable(),
  },
});

/** What a client asked for at /oauth/authorize, kept here while the person signs in and decides. */
export class PendingAuthorization extends schema.class {}
schema.setClass(PendingAuthorization);
