import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Client } from './client.ts';
import { TextArray } from './text-array.ts';

const schema = defineEntity({
  name: 'PendingAuthorization',
  // The table keeps its first name: renaming it would stop servers of the previous version during an upgrade.
  tableName: 'authorization_requests',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    digest: p.uint8array().columnType('bytea').unique().hidden(),
    /** Digest of the cookie of the browser that started the request. No other browser may continue it. */
    browser: p.uint8array().columnType('bytea').index().hidden(),
    client: () => p.manyToOne(Client).deleteRule('cascade').index(),
    responseType: p.text(),
    /** As sent. Null if it was omitted and the only registered URI is used. */
    redirectUri: p.text().nullable(),
    scopes: p.type(TextArray).$type<string[]>(),
    resources: p.type(TextArray).$type<string[]>().default([]),
    state: p.text().nullable(),
    codeChallenge: p.text().nullable(),
    nonce: p.text().nullable(),
    /** OpenID Connect Core 1.0 §3.1.2.1: prompt, as sent. */
    prompts: p.type(TextArray).$type<string[]>().default([]),
    loginHint: p.text().nullable(),
    /** The user must have entered their password at this time or later (prompt=login, max_age). */
    authenticatedSince: p.datetime(3).nullable(),
    /** The user that the client requested (id_token_hint, the claim sub). */
    subject: p.uuid().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).index(),
    decidedAt: p.datetime(3).nullable(),
  },
});

/** A validated request to /oauth/authorize, stored while the user signs in and decides. */
export class PendingAuthorization extends schema.class {}
schema.setClass(PendingAuthorization);
