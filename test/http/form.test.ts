import { describe, expect, it } from 'vitest';
import { parseUrlEncoded } from '../../src/http/form.ts';
import { optional, required } from '../../src/oauth/params.ts';

describe('RFC 6749 §3.1, §3.2: form-encoded parameters', () => {
  it('percent-encoding, plus and UTF-8 are decoded', () =>
    expect(Object.fromEntries(parseUrlEncoded('a=1+2&b=%C3%A9%26&c&d=x=y'))).toEqual({
      a: ['1 2'],
      b: ['é&'],
      c: [''],
      d: ['x=y'],
    }));

  it.each(['a=%', 'a=%zz', 'a=%ff', '%=1', 'a=%ed%a0%80'])('%j is refused', (text) =>
    expect(() => parseUrlEncoded(text)).toThrow(/percent-encoded UTF-8/),
  );

  it('A13: an empty parameter counts as omitted', () => {
    const params = parseUrlEncoded('state=&scope');
    expect(optional(params, 'state')).toBeUndefined();
    expect(() => required(params, 'scope')).toThrow(/missing/);
  });

  it('E65: a repeated parameter is an error if the endpoint uses it', () => {
    const params = parseUrlEncoded('code=a&code=b&code[]=c&__proto__=1&__proto__=2&constructor=3');
    expect(() => optional(params, 'code')).toThrow(/repeated/);
    expect(optional(params, 'state')).toBeUndefined();
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });
});
