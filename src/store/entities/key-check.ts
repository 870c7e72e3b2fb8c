import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'KeyCheck',
  tableName: 'key_checks',
  properties: {
    id: p.integer().primary().autoincrement(false),
    /** Derived from SECRET_KEY, tells nothing about it: a node with another key refuses to start. */
    digest: p.uint8array().columnType('bytea').hidden(),
  },
});

export class KeyCheck extends schema.class {}
schema.setClass(KeyCheck);
