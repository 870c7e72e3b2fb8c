import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'RateLimit',
  tableName: 'rate_limits',
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer().default(0),
    /** Milliseconds since 1970, as rate-limiter-flexible keeps them. */
    expire: p.bigint('number').nullable().index(),
  },
});

/** What rate-limiter-flexible counts; the columns are its own. */
export class RateLimit extends schema.class {}
schema.setClass(RateLimit);
