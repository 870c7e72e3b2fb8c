import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'ClientAssertion',
  tableName: 'client_assertions',
  properties: {
    /** Of the client and the assertion's jti. */
    digest: p.uint8array().columnType('bytea').primary().hidden(),
    expiresAt: p.datetime(3).index(),
  },
});

/** An assertion by which a client has proven itself, and never will again (RFC 7523 §3). */
export class ClientAssertion extends schema.class {}
schema.setClass(ClientAssertion);
