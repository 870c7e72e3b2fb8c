import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  properties: {
    /** The RFC 7638 thumbprint of the key. */
    kid: p.text().primary(),
    algorithm: p.text(),
    /** Counted per algorithm and unique, so that only one of several nodes can create the next key. */
    generation: p.integer(),
    /** The public half, as a JWK. */
    publicKey: p.json<Record<string, unknown>>().columnType('jsonb'),
    /** The private half in PKCS #8, sealed with a key derived from SECRET_KEY. */
    privateKey: p.uint8array().columnType('bytea').hidden(),
    /** Binds kid, algorithm and times to SECRET_KEY. Rows without it are not trusted. */
    mac: p.uint8array().columnType('bytea').nullable().hidden(),
    createdAt: p.datetime(3),
    /** The key is published before this time, so that clients know it before they see its first signature. */
    signsFrom: p.datetime(3),
    /** Everything that the key signed has expired by then. Null while the key has no successor that signs. */
    expiresAt: p.datetime(3).nullable().index(),
  },
  uniques: [{ properties: ['algorithm', 'generation'] }],
});

export class SigningKey extends schema.class {}
schema.setClass(SigningKey);
