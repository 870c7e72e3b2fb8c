import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'Scope',
  tableName: 'scopes',
  properties: {
    name: p.text().primary(),
    /** What the consent page shows. */
    description: p.text(),
    createdAt: p.datetime(3),
  },
});

/** A scope that an operator defined. The built-in scopes are declared in `oauth/scopes/scope.ts`. */
export class Scope extends schema.class {}
schema.setClass(Scope);
