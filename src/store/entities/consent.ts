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
    /** RFC 8707: the API of another server at which the scopes were allowed. Empty: this server. */
    resource: p.text().default(''),
    scopes: p.type(TextArray).$type<string[]>(),
    /** False after a password change, until the user has allowed the client again. */
    confirmed: p.boolean().default(true),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
  uniques: [{ properties: ['user', 'client', 'resource'] }],
});

/** The scopes that a user allowed a client at one API, remembered for later requests. Tokens belong to an Authorization instead. */
export class Consent extends schema.class {}
schema.setClass(Consent);
