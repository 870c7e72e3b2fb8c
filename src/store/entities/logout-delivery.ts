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
    client: () => p.manyToOne(Client).deleteRule('cascade'),
    /** Ids without foreign keys, because the user and the session may be deleted before the client is notified. */
    userId: p.uuid(),
    sessionId: p.uuid(),
    attempts: p.integer().default(0),
    /** Also a lease: no other node tries the delivery before this time. */
    nextAttemptAt: p.datetime(3),
    createdAt: p.datetime(3),
    /** After this time the delivery is no longer retried. */
    expiresAt: p.datetime(3).index(),
  },
  /** Each client's next delivery. */
  indexes: [{ properties: ['client', 'nextAttemptAt'] }],
});

/** A logout token that is still to be delivered to a client (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export class LogoutDelivery extends schema.class {}
schema.setClass(LogoutDelivery);
