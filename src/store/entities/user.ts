import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { Group } from './group.ts';

const schema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    username: p.text(),
    /** The username in NFKC and lower case. It is unique, and sign-in looks users up by it. */
    usernameKey: p.text().unique(),
    email: p.text().nullable(),
    /** Null also for an address that the user typed and nobody confirmed: it is not unique, and nobody signs in with it. */
    emailKey: p.text().nullable().unique(),
    emailVerified: p.boolean().default(false),
    firstName: p.text().default(''),
    lastName: p.text().default(''),
    /** Free-form data of the operator. Only MANAGE_USERS may write it. */
    attributes: p
      .json<Record<string, unknown>>()
      .columnType('jsonb')
      .defaultRaw("'{}'::jsonb")
      .onCreate(() => ({})),
    /** argon2id in PHC form; null: this account cannot sign in with a password. */
    passwordHash: p.text().nullable().hidden(),
    superuser: p.boolean().default(false),
    disabled: p.boolean().default(false),
    /** Created by the `seed` command with a well-known password. */
    seeded: p.boolean().default(false),
    createdAt: p.datetime(3),
    groups: () => p.manyToMany(Group).mappedBy('members'),
  },
  indexes: [{ properties: ['createdAt', 'id'] }],
});

export class User extends schema.class {}
schema.setClass(User);
