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

/** The single-use link that makes the first administrator; each start without one replaces it. */
export class SetupTicket extends schema.class {}
schema.setClass(SetupTicket);
