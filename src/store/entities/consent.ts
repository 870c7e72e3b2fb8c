import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Client } from './client.ts';
import { TextArray } from './text-array.ts';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'Consent',
  tableName: 'consents',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    user: () => p.manyToOne(User).deleteRule('cascade'),
    client: () => p.manyToOne(Client).deleteRule('cascade').index(),
    scopes: p.type(TextArray).$type<string[]>(),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
  uniques: [{ properties: ['user', 'client'] }],
});

/** The scopes that a user allowed a client, remembered for later requests. Tokens belong to an Authorization instead. */
export class Consent extends schema.class {}
schema.setClass(Consent);
