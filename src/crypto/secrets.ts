import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Prefixes of access tokens, refresh tokens, authorization codes and client secrets. */
export type SecretKind = 'gat' | 'grt' | 'gac' | 'gcs';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BODY = 43; // 62^43 > 2^256
const CHECKSUM = 6; // 62^6 > 2^32
const WELL_FORMED = /^(gat|grt|gac|gcs)_[0-9A-Za-z]{49}$/;

function base62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = ALPHABET[rest % 62] + text;
  return text;
}

/**
 * Number of digits converted per BigInt division, which costs as much as eight divisions of numbers. So many digits fit in a
 * number.
 */
const CHUNK_DIGITS = 8; // 62^8 < 2^53
const CHUNK = 62n ** BigInt(CHUNK_DIGITS);

function base62OfLarge(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= CHUNK)
    text = base62(Number(rest % CHUNK), Math.min(CHUNK_DIGITS, length - text.length)) + text;
  return text;
}

const checksum = (text: string): string => base62(crc32(text), CHECKSUM);

/** Encodes 256 given bits as a secret, for tokens that are derived by HMAC. */
export function secretFrom(kind: SecretKind, bytes: Uint8Array): string {
  const text = `${kind}_${base62OfLarge(BigInt(`0x${Buffer.from(bytes).toString('hex')}`), BODY)}`;
  return text + checksum(text);
}

/** A new secret of 256 random bits, with a prefix for its kind and a checksum. */
export const makeSecret = (kind: SecretKind): string => secretFrom(kind, randomBytes(32));

/** False for a typing error or another kind of value, which then needs no look-up. */
export function isWellFormed(kind: SecretKind, value: string): boolean {
  if (!WELL_FORMED.test(value) || !value.startsWith(kind)) return false;
  return checksum(value.slice(0, -CHECKSUM)) === value.slice(-CHECKSUM);
}

/** 256 random bits for values that users do not handle: cookies, pending requests, setup tickets. */
export const makeHandle = (): string => randomBytes(32).toString('base64url');

/** The digest under which a secret is stored. SHA-256 is enough, because random secrets cannot be guessed. */
export const digest = (secret: string): Buffer => hash('sha256', secret, 'buffer');

/** Compares in constant time, so that the response time does not reveal how many bytes match. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
