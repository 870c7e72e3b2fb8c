import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'Scope',
  tableName: 'scopes',
  properties: {
    name: p.text().primary(),
    /** What consent tells the person. */
    sentence: p.text(),
    createdAt: p.datetime(3),
  },
});

/** An operator's own scope; the built-in ones are code (`oauth/scope.ts`). */
export class Scope extends schema.class {}
schema.setClass(Scope);
