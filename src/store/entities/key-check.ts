import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'KeyCheck',
  tableName: 'key_checks',
  properties: {
    id: p.integer().primary().autoincrement(false),
    /** An HMAC with a key derived from SECRET_KEY. A node with another SECRET_KEY refuses to start. */
    digest: p.uint8array().columnType('bytea').hidden(),
  },
});

export class KeyCheck extends schema.class {}
schema.setClass(KeyCheck);
