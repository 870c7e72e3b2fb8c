import { defineEntity, p } from '@mikro-orm/core';

const schema = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  properties: {
    /** Its RFC 7638 thumbprint. */
    kid: p.text().primary(),
    algorithm: p.text(),
    /** Counted within the algorithm: of nodes that make a key at once one succeeds. */
    generation: p.integer(),
    /** The public half, as a JWK. */
    publicKey: p.json<Record<string, unknown>>().columnType('jsonb'),
    /** The private half in PKCS #8, sealed with a key derived from SECRET_KEY. */
    privateKey: p.uint8array().columnType('bytea').hidden(),
    createdAt: p.datetime(3),
    /** It is published before, so that nobody meets a signature by a key they have not heard of. */
    signsFrom: p.datetime(3),
    /** After this nothing that it signed is good any more; null while it signs, or will. */
    expiresAt: p.datetime(3).nullable().index(),
  },
  uniques: [{ properties: ['algorithm', 'generation'] }],
});

export class SigningKey extends schema.class {}
schema.setClass(SigningKey);
