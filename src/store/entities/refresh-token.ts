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
    /** The refresh token that this one replaced; it may be deleted. Unique, so that no token can be rotated twice. */
    parentId: p.uuid().nullable().unique(),
    /**
     * 128 random bits. This token was derived from them, SECRET_KEY and its parent, so that a lost response can be repeated.
     * Null once the grace period has ended.
     */
    salt: p.uint8array().columnType('bytea').nullable().hidden(),
    createdAt: p.datetime(3),
    /** Idle expiry. The authorization holds the absolute expiry. */
    expiresAt: p.datetime(3).index(),
    usedAt: p.datetime(3).nullable(),
    /** The network and the digest of the User-Agent of the first use. */
    usedNetwork: p.text().nullable(),
    usedAgent: p.uint8array().columnType('bytea').nullable(),
    /** True after a use within the grace period from another network and another user agent than the first one. */
    repeatedElsewhere: p.boolean().default(false),
  },
  // The sweep uses this index to find salts whose grace period has ended.
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
