import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';

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
  indexes: [
    { properties: ['at', 'id'] },
    { properties: ['kind', 'at', 'id'] },
    { properties: ['actorId', 'at', 'id'] },
    { properties: ['actorId', 'kind', 'at', 'id'] },
  ],
});

export class AuditEvent extends schema.class {}
schema.setClass(AuditEvent);
