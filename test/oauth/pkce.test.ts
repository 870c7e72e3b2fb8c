import { describe, expect, it } from 'vitest';
import { parseCodeChallenge, verifyCodeVerifier } from '../../src/oauth/pkce.ts';

/** RFC 7636 App. B */
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const params = (values: Record<string, string>) =>
  new Map(Object.entries(values).map(([name, value]) => [name, [value]]));
const S256 = { code_challenge: challenge, code_challenge_method: 'S256' };

describe('RFC 7636 §4.3: the challenge', () => {
  it('the method S256 is accepted', () => expect(parseCodeChallenge(params(S256), true)).toBe(challenge));
  it('the challenge may be omitted if it is not required', () =>
    expect(parseCodeChallenge(params({}), false)).toBeUndefined());
  it('C46: the challenge must be sent if it is required', () =>
    expect(() => parseCodeChallenge(params({}), true)).toThrow(/code_challenge/));

  it.each(['plain', 's256', ''])('the method %j is rejected', (method) =>
    expect(() => parseCodeChallenge(params({ ...S256, code_challenge_method: method }), false)).toThrow(/S256/),
  );

  it.each([
    challenge.slice(1),
    `${challenge}x`,
    `${challenge.slice(1)}=`,
    `${challenge.slice(1)}+`,
    `${challenge.slice(1)}/`,
    `${challenge.slice(1)}\0`,
  ])('C49: the challenge %j is rejected', (value) =>
    expect(() => parseCodeChallenge(params({ ...S256, code_challenge: value }), true)).toThrow(/43 characters/),
  );

  it('C50: a method without a challenge is rejected', () =>
    expect(() => parseCodeChallenge(params({ code_challenge_method: 'S256' }), false)).toThrow(/without/));
});

describe('RFC 7636 §4.6: the verifier', () => {
  it.each(['short', `${'x'.repeat(42)}=`, 'x'.repeat(129)])(
    'the error for the verifier %j says what a verifier is',
    (wrong) => expect(() => verifyCodeVerifier(wrong, challenge)).toThrow(/43 to 128 characters/),
  );

  it('a verifier matches its challenge', () => expect(() => verifyCodeVerifier(verifier, challenge)).not.toThrow());

  it.each([undefined, challenge, 'x'.repeat(43), verifier.slice(1), 'x'.repeat(129), `${verifier.slice(1)}é`])(
    'C52, C53: refuses %j',
    (value) => expect(() => verifyCodeVerifier(value, challenge)).toThrow(),
  );

  it('a verifier without a challenge is rejected', () =>
    expect(() => verifyCodeVerifier(verifier, null)).toThrow(/no code_challenge/));
});
