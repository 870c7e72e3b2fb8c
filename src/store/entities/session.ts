import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    digest: p.uint8array().columnType('bytea').unique().hidden(),
    user: () => p.manyToOne(User).deleteRule('cascade').index(),
    /** Where it was signed in from, for the person to recognise it by. */
    ip: p.text().nullable(),
    browser: p.text().nullable(),
    createdAt: p.datetime(3),
    /** When the person last proved who they are; null: when it was opened. */
    authTime: p.datetime(3).nullable(),
    expiresAt: p.datetime(3).index(),
  },
});

/** One browser, signed in. It lives on when the same person proves again who they are. */
export class Session extends schema.class {}
schema.setClass(Session);
