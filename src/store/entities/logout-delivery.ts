import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Client } from './client.ts';

const schema = defineEntity({
  name: 'LogoutDelivery',
  tableName: 'logout_deliveries',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    client: () => p.manyToOne(Client).deleteRule('cascade').index(),
    /** Plain ids, no foreign keys: the client is told of an account and a session that may be gone by then. */
    userId: p.uuid(),
    sessionId: p.uuid(),
    attempts: p.integer().default(0),
    /** Also a lease: while one node is at it, no other tries. */
    nextAttemptAt: p.datetime(3).index(),
    createdAt: p.datetime(3),
    /** After this the client is told no more. */
    expiresAt: p.datetime(3).index(),
  },
});

/** A client that has yet to be told of a session's end (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export class LogoutDelivery extends schema.class {}
schema.setClass(LogoutDelivery);
