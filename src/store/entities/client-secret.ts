import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Client } from './client.ts';

const schema = defineEntity({
  name: 'ClientSecret',
  tableName: 'client_secrets',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    client: () => p.manyToOne(Client).deleteRule('cascade').index(),
    label: p.text().default(''),
    digest: p.uint8array().columnType('bytea').hidden(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
  },
});

export class ClientSecret extends schema.class {}
schema.setClass(ClientSecret);
