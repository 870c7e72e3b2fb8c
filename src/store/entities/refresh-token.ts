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
    parent: () => p.manyToOne(RefreshToken).nullable().deleteRule('set null').index(),
    /** 128 bits from which, with SECRET_KEY and the token itself, its successor is derived; null once that can never be asked again. */
    salt: p.uint8array().columnType('bytea').nullable().hidden(),
    createdAt: p.datetime(3),
    /** Idle expiry; the absolute one is the authorization's. */
    expiresAt: p.datetime(3).index(),
    usedAt: p.datetime(3).nullable(),
  },
  // What the sweep looks for: salts that nobody can ask for any more.
  indexes: [
    {
      name: 'refresh_tokens_spent_salt_index',
      properties: ['usedAt'],
      where: 'salt is not null and used_at is not null',
    },
  ],
});

export class RefreshToken extends schema.class {}
schema.setClass(RefreshToken);
