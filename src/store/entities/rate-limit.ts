import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'RateLimit',
  tableName: 'rate_limits',
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer().default(0),
    /** Milliseconds since 1970, as rate-limiter-flexible stores them. */
    expire: p.bigint('number').nullable().index(),
  },
});

/** A counter of rate-limiter-flexible, which defines the columns. */
export class RateLimit extends schema.class {}
schema.setClass(RateLimit);
