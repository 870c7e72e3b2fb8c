import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Authorization } from './authorization.ts';

const schema = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    digest: p.uint8array().columnType('bytea').unique().hidden(),
    authorization: () => p.manyToOne(Authorization).deleteRule('cascade').index(),
    /** The token that was spent for it, of which nothing need be left; unique, so that no token is ever spent twice. */
    parentId: p.uuid().nullable().unique(),
    /** 128 bits from which, with SECRET_KEY and its parent, this token was derived; null once nobody may ask for it again. */
    salt: p.uint8array().columnType('bytea').nullable().hidden(),
    createdAt: p.datetime(3),
    /** Idle expiry; the absolute one is the authorization's. */
    expiresAt: p.datetime(3).index(),
    usedAt: p.datetime(3).nullable(),
  },
  // What the sweep looks for: salts that outlived the grace.
  indexes: [
    {
      name: 'refresh_tokens_salt_index',
      properties: ['createdAt'],
      where: 'salt is not null',
    },
  ],
});

export class RefreshToken extends schema.class {}
schema.setClass(RefreshToken);
