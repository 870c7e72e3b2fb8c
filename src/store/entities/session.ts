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
    /** IP address and browser at sign-in. The account page shows them so that the user can recognise the session. */
    ip: p.text().nullable(),
    browser: p.text().nullable(),
    createdAt: p.datetime(3),
    /** When the user last entered their password. Null means at `createdAt`. */
    authTime: p.datetime(3).nullable(),
    expiresAt: p.datetime(3).index(),
  },
});

/** A signed-in browser. The session is kept when the same user signs in again. */
export class Session extends schema.class {}
schema.setClass(Session);
