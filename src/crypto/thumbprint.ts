import { createHash, type KeyObject } from 'node:crypto';

/** RFC 7638 §3: the thumbprint of a public key. The exported JWK has only the required members (§3.2). */
export function thumbprintOf(publicKey: KeyObject): string {
  const members = Object.entries(publicKey.export({ format: 'jwk' })).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}
