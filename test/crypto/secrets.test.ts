import { describe, expect, it } from 'vitest';
import { digest, isWellFormed, makeSecret, sameBytes, secretFrom } from '../../src/crypto/secrets.ts';

describe('Generated secrets', () => {
  it('P290: 100,000 tokens are distinct and have 256 random bits', () => {
    const tokens = new Set(Array.from({ length: 100_000 }, () => makeSecret('gat')));
    expect(tokens.size).toBe(100_000);
    const biggest = secretFrom('gat', new Uint8Array(32).fill(255));
    expect(biggest).toMatch(/^gat_[0-9A-Za-z]{49}$/);
    expect(secretFrom('gat', new Uint8Array(32).fill(254))).not.toBe(biggest);
  });

  it('the prefix and the checksum reveal another kind of secret and a typing error', () => {
    const token = makeSecret('grt');
    expect(isWellFormed('grt', token)).toBe(true);
    expect(isWellFormed('gat', token)).toBe(false);
    for (let at = 4; at < token.length; at++) {
      const mistyped = token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1);
      expect(isWellFormed('grt', mistyped)).toBe(false);
    }
    for (const foreign of ['', 'grt_', `${token} `, `${token}\0`, token.slice(0, -1), `${token}0`])
      expect(isWellFormed('grt', foreign)).toBe(false);
  });

  it('secretFrom derives the same secret from the same bytes', () => {
    expect(secretFrom('gat', digest('parent'))).toBe(secretFrom('gat', digest('parent')));
    expect(secretFrom('gat', digest('parent'))).not.toBe(secretFrom('grt', digest('parent')));
  });

  it('the encoding of secrets never changes, because tokens of earlier versions are in use', () => {
    const counting = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(secretFrom('gat', counting)).toBe('gat_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf3GxxFN');
    const biggest = new Uint8Array(32).fill(255);
    expect(secretFrom('gat', biggest)).toBe('gat_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10xMJif');
  });

  it('sameBytes compares values of any length', () => {
    expect(sameBytes(digest('a'), digest('a'))).toBe(true);
    expect(sameBytes(digest('a'), digest('b'))).toBe(false);
    expect(sameBytes(digest('a'), Buffer.from('short'))).toBe(false);
  });
});
