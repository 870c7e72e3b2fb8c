import { defineEntity, p } from '@mikro-orm/core';
import { User } from './user.ts';

const schema = defineEntity({
  name: 'KnownBrowser',
  tableName: 'known_browsers',
  properties: {
    /** Of the browser's cookie, which all accounts that signed in there share. */
    digest: p.uint8array().columnType('bytea').primary().hidden(),
    user: () => p.manyToOne(User).primary().deleteRule('cascade').index(),
    expiresAt: p.datetime(3).index(),
  },
});

/** A browser in which the user has signed in before. It grants nothing, but its attempts do not wait behind those of strangers. */
export class KnownBrowser extends schema.class {}
schema.setClass(KnownBrowser);
