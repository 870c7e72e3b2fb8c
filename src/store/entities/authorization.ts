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
    /** Null: client_credentials, nobody's but the client's. */
    user: () => p.manyToOne(User).nullable().deleteRule('cascade').index(),
    session: () => p.manyToOne(Session).nullable().deleteRule('set null').index(),
    grantType: p.text(),
    scopes: p.type(TextArray).$type<string[]>(),
    resources: p.type(TextArray).$type<string[]>().default([]),
    nonce: p.text().nullable(),
    /** When the person had proved who they are; null: as it was made. */
    authTime: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
    /** After this nothing that descends from it can be alive. */
    expiresAt: p.datetime(3).index(),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** One approval. Its code, refresh family and access tokens descend from it: revoking them all is one UPDATE. */
export class Authorization extends schema.class {}
schema.setClass(Authorization);
