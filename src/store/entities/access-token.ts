import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Authorization } from './authorization.ts';
import { TextArray } from './text-array.ts';

const schema = defineEntity({
  name: 'AccessToken',
  tableName: 'access_tokens',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    digest: p.uint8array().columnType('bytea').unique().hidden(),
    authorization: () => p.manyToOne(Authorization).deleteRule('cascade').index(),
    scopes: p.type(TextArray).$type<string[]>(),
    /** RFC 8707: the APIs that the token is valid for. If empty, it is not limited. */
    resources: p.type(TextArray).$type<string[]>().default([]),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).index(),
    revokedAt: p.datetime(3).nullable(),
  },
});

export class AccessToken extends schema.class {}
schema.setClass(AccessToken);
