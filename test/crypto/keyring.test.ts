import { describe, expect, it } from 'vitest';
import { hmac, makeKeyring, verifyHmac } from '../../src/crypto/keyring.ts';

const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
const tag = (ring: ReturnType<typeof makeKeyring>) => hmac(ring('csrf')[0], 'cookie', 'form').toString('base64url');

describe('Keys derived from SECRET_KEY', () => {
  it('the first key makes values, and all keys verify them', () => {
    const old = makeKeyring([a]);
    const rotated = makeKeyring([b, a]);
    expect(verifyHmac(rotated('csrf'), tag(old), 'cookie', 'form')).toBe(true);
    expect(verifyHmac(rotated('csrf'), tag(rotated), 'cookie', 'form')).toBe(true);
    expect(verifyHmac(old('csrf'), tag(rotated), 'cookie', 'form')).toBe(false);
    expect(verifyHmac(makeKeyring([b])('csrf'), tag(old), 'cookie', 'form')).toBe(false);
  });

  it('a value made for one use is invalid for another', () => {
    const ring = makeKeyring([a]);
    expect(verifyHmac(ring('refresh'), tag(ring), 'cookie', 'form')).toBe(false);
  });

  it('hmac depends on where each part ends', () => {
    const [key] = makeKeyring([a])('csrf');
    expect(hmac(key, 'ab', 'c')).not.toEqual(hmac(key, 'a', 'bc'));
    expect(hmac(key, 'ab')).not.toEqual(hmac(key, 'a', 'b'));
  });
});
