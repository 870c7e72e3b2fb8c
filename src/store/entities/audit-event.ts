import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { AUDIT_CHANNEL } from './audit-channel.ts';

const schema = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    at: p.datetime(3),
    kind: p.text(),
    /** Ids without foreign keys, because events are kept after these rows are deleted. */
    actorId: p.uuid().nullable(),
    clientId: p.uuid().nullable(),
    ip: p.text().nullable(),
    requestId: p.text().nullable(),
    detail: p
      .json<Record<string, unknown>>()
      .columnType('jsonb')
      .defaultRaw("'{}'::jsonb")
      .onCreate(() => ({})),
  },
  indexes: [{ properties: ['at', 'id'] }, { properties: ['actorId', 'at', 'id'] }],
  // A trigger sends the notification, so that no writer can forget it. PostgreSQL delivers it on commit.
  triggers: [
    {
      name: 'audit_events_notice',
      timing: 'after',
      events: ['insert'],
      forEach: 'row',
      body: `PERFORM pg_notify('${AUDIT_CHANNEL}', NEW.id::text); RETURN NULL`,
    },
  ],
});

export class AuditEvent extends schema.class {}
schema.setClass(AuditEvent);
