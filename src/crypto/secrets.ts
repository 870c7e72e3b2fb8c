import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Access token, refresh token, authorization code, client secret: told apart by their first four characters. */
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

/** As many digits as an exact number holds: a division of a BigInt costs as much as all of these. */
const AT_ONCE = 8; // 62^8 < 2^53
const CHUNK = 62n ** BigInt(AT_ONCE);

function base62OfLarge(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= CHUNK)
    text = base62(Number(rest % CHUNK), Math.min(AT_ONCE, length - text.length)) + text;
  return text;
}

const checksum = (text: string): string => base62(crc32(text), CHECKSUM);

/** A secret whose 256 bits are given: what derivation (HMAC) yields. */
export function secretFrom(kind: SecretKind, bytes: Uint8Array): string {
  const text = `${kind}_${base62OfLarge(BigInt(`0x${Buffer.from(bytes).toString('hex')}`), BODY)}`;
  return text + checksum(text);
}

/** A fresh secret of 256 random bits, with its kind in front and a checksum behind. */
export const makeSecret = (kind: SecretKind): string => secretFrom(kind, randomBytes(32));

/** False for a typing error, another kind or anything foreign: such a value needs no look-up. */
export function isWellFormed(kind: SecretKind, value: string): boolean {
  if (!WELL_FORMED.test(value) || !value.startsWith(kind)) return false;
  return checksum(value.slice(0, -CHECKSUM)) === value.slice(-CHECKSUM);
}

/** 256 random bits that people never see written: cookies, pending requests, set-up tickets. */
export const makeHandle = (): string => randomBytes(32).toString('base64url');

/** What we store of a secret. SHA-256 suffices: the secrets are random, so there is nothing to guess. */
export const digest = (secret: string): Buffer => hash('sha256', secret, 'buffer');

/** Compares in constant time, so that an answer's delay tells nothing of how far it matched. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
