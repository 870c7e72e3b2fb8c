import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'ClientAssertion',
  tableName: 'client_assertions',
  properties: {
    /** Digest of the client's id and the assertion's jti. */
    digest: p.uint8array().columnType('bytea').primary().hidden(),
    expiresAt: p.datetime(3).index(),
  },
});

/** A client assertion that was used and must not be accepted again (RFC 7523 §3). */
export class ClientAssertion extends schema.class {}
schema.setClass(ClientAssertion);
