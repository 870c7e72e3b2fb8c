import { defineEntity, p } from '@mikro-orm/core';
import { Group } from './group.ts';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'GroupMember',
  tableName: 'group_members',
  properties: {
    group: () => p.manyToOne(Group).primary().deleteRule('cascade').updateRule('cascade'),
    user: () => p.manyToOne(User).primary().deleteRule('cascade').updateRule('cascade').index(),
  },
});

export class GroupMember extends schema.class {}
schema.setClass(GroupMember);
