import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { GroupMember } from './group-member.ts';
import { TextArray } from './text-array.ts';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'Group',
  tableName: 'groups',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    name: p.text(),
    nameKey: p.text().unique(),
    permissions: p.type(TextArray).$type<string[]>().default([]),
    createdAt: p.datetime(3),
    members: () =>
      p
        .manyToMany(User)
        .owner()
        .inversedBy('groups')
        .pivotEntity(() => GroupMember),
  },
  indexes: [{ properties: ['createdAt', 'id'] }],
});

export class Group extends schema.class {}
schema.setClass(Group);
