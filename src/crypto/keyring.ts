import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { sameBytes } from './secrets.ts';

/** Each use has its own key, so that a value made for one use is invalid for any other. */
export type KeyUse = 'refresh' | 'csrf' | 'key-check' | 'signing-keys' | 'signing-key-rows';

/** The keys of a use, newest first. New values use the first key; existing values may use any of them. */
export type Keyring = (use: KeyUse) => readonly [Buffer, ...Buffer[]];

/** Derives every key from SECRET_KEY by HKDF-SHA-256 (RFC 5869). */
export function makeKeyring(secretKeys: readonly string[]): Keyring {
  const [first, ...others] = secretKeys;
  if (first === undefined) throw new Error('A keyring needs a key');
  const derived = new Map<KeyUse, readonly [Buffer, ...Buffer[]]>();
  return (use) => {
    const known = derived.get(use);
    if (known) return known;
    const derive = (key: string) => Buffer.from(hkdfSync('sha256', key, '', `gatehouse ${use}`, 32));
    const keys = [derive(first), ...others.map(derive)] as const;
    derived.set(use, keys);
    return keys;
  };
}

/** HMAC-SHA-256 over the parts and their lengths, so that different lists of parts never give the same input. */
export function hmac(key: Buffer, ...parts: (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part);
  return mac.digest();
}

/** True if any key of the ring made `tag` (base64url) over these parts. */
export function verifyHmac(keys: readonly Buffer[], tag: string, ...parts: (string | Uint8Array)[]): boolean {
  const bytes = Buffer.from(tag, 'base64url');
  return keys.some((key) => sameBytes(hmac(key, ...parts), bytes));
}

/** True if `make` gives this MAC with any key of the ring. */
export const verifyMac = (keys: readonly Buffer[], mac: Uint8Array, make: (key: Buffer) => Buffer): boolean =>
  keys.some((key) => sameBytes(make(key), mac));

const NONCE = 12;
const TAG = 16;

/** AES-256-GCM with the first key: nonce, ciphertext, tag. `name` is authenticated, so that sealed values cannot be swapped. */
export function seal([key]: readonly [Buffer, ...Buffer[]], name: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts what `seal` made with this key and name. Undefined if the key or name differs or the value was modified. */
export function unseal(key: Buffer, name: string, sealed: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(sealed);
  if (bytes.length < NONCE + TAG) return undefined;
  const options = { authTagLength: TAG };
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), options).setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}
