import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Authorization } from './authorization.ts';

const schema = defineEntity({
  name: 'AuthorizationCode',
  tableName: 'authorization_codes',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    digest: p.uint8array().columnType('bytea').unique().hidden(),
    authorization: () => p.manyToOne(Authorization).deleteRule('cascade').index(),
    redirectUri: p.text().nullable(),
    codeChallenge: p.text().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).index(),
    usedAt: p.datetime(3).nullable(),
  },
});

export class AuthorizationCode extends schema.class {}
schema.setClass(AuthorizationCode);
