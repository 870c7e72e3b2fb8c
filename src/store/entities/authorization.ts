import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Client } from './client.ts';
import { Session } from './session.ts';
import { TextArray } from './text-array.ts';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'Authorization',
  tableName: 'authorizations',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    client: () => p.manyToOne(Client).deleteRule('cascade').index(),
    /** Null for client_credentials, which has no user. */
    user: () => p.manyToOne(User).nullable().deleteRule('cascade').index(),
    session: () => p.manyToOne(Session).nullable().deleteRule('set null').index(),
    grantType: p.text(),
    scopes: p.type(TextArray).$type<string[]>(),
    resources: p.type(TextArray).$type<string[]>().default([]),
    nonce: p.text().nullable(),
    /** When the user last entered their password. Null means at `createdAt`. */
    authTime: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
    /** All codes and tokens of the authorization have expired by then. */
    expiresAt: p.datetime(3).index(),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** What a user or client was granted. Its code, refresh tokens and access tokens refer to it, so one UPDATE revokes them all. */
export class Authorization extends schema.class {}
schema.setClass(Authorization);
