import { describe, expect, it } from 'vitest';
import {
  emailKey,
  parseEmail,
  parseName,
  parsePersonalName,
  parseUsername,
  usernameKey,
} from '../../src/directory/names.ts';

describe('the keys by which people are found', () => {
  it.each([
    ['Alice', 'alice'],
    ['ＡＬＩＣＥ', 'alice'],
    ['ﬁona', 'fiona'],
    ['Straße', 'straße'],
    ['e\u0301', 'é'],
    ['İ', 'i̇'],
  ])('%j is %j', (text, key) => {
    expect(usernameKey(text)).toBe(key);
    expect(emailKey(text)).toBe(key);
    expect(usernameKey(key)).toBe(key);
  });
});

describe('names', () => {
  it.each(['alice', '王小明', 'José María', 'a', 'x'.repeat(150), '🙂', "O'Brien", 'ﬁona'])('may be %j', (text) => {
    expect(parseUsername(text)).toBe(text.normalize('NFKC'));
  });

  it.each([
    '',
    ' ',
    ' a',
    'a ',
    'a@b',
    'a﹫b',
    'a\0b',
    'a\u200bb',
    'a\u202eb',
    '\ud800',
    'x'.repeat(151),
    'ﷺ'.repeat(20),
  ])('may not be %j', (text) => {
    expect(() => parseUsername(text)).toThrow(expect.objectContaining({ code: 'INVALID', path: ['username'] }));
  });

  it('of groups may have an @', () => {
    expect(parseName('sales@berlin', 'name')).toBe('sales@berlin');
  });

  it('of people are one line, or nothing', () => {
    expect(parsePersonalName('', 'firstName')).toBe('');
    expect(parsePersonalName(' Anna-Lena ', 'firstName')).toBe(' Anna-Lena ');
    for (const text of ['a\nb', 'a\0b', '\udfff', 'x'.repeat(151)])
      expect(() => parsePersonalName(text, 'lastName')).toThrow(expect.objectContaining({ path: ['lastName'] }));
  });
});

describe('e-mail addresses', () => {
  it.each(['a@b', 'Ada.Lovelace+x@example.com', 'root@localhost', 'ü@exämple.de', 'a@[::1]'.replace('[::1]', 'host')])(
    '%j may be one',
    (text) => {
      expect(parseEmail(text)).toBe(text);
    },
  );

  it.each([
    '',
    'a',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b c',
    'a@b@c',
    'a@b\n',
    'a\0@b',
    '"a"@b',
    'a,b@c',
    `${'x'.repeat(253)}@b`,
  ])('%j is none', (text) => {
    expect(() => parseEmail(text)).toThrow(expect.objectContaining({ code: 'INVALID', path: ['email'] }));
  });
});
