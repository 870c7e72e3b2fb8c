import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'SetupTicket',
  tableName: 'setup_tickets',
  properties: {
    digest: p.uint8array().columnType('bytea').primary().hidden(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).index(),
  },
});

/** The one-time link that creates the first administrator. Each start without an administrator replaces it. */
export class SetupTicket extends schema.class {}
schema.setClass(SetupTicket);
