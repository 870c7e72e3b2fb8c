import { describe, expect, it } from 'vitest';
import {
  emailKey,
  parseEmail,
  parseName,
  parsePersonalName,
  parseUsername,
  usernameKey,
} from '../../src/directory/names.ts';

describe('usernameKey', () => {
  it.each([
    ['Alice', 'alice'],
    ['ＡＬＩＣＥ', 'alice'],
    ['ﬁona', 'fiona'],
    ['Straße', 'straße'],
    ['e\u0301', 'é'],
    ['İ', 'i̇'],
  ])('the key of %j is %j', (text, key) => {
    expect(usernameKey(text)).toBe(key);
    expect(emailKey(text)).toBe(key);
    expect(usernameKey(key)).toBe(key);
  });
});

describe('Names', () => {
  it.each(['alice', '王小明', 'José María', 'a', 'x'.repeat(150), '🙂', "O'Brien", 'ﬁona'])(
    '%j is a valid name',
    (text) => {
      expect(parseUsername(text)).toBe(text.normalize('NFKC'));
    },
  );

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
  ])('%j is not a valid name', (text) => {
    expect(() => parseUsername(text)).toThrow(expect.objectContaining({ code: 'INVALID', path: ['username'] }));
  });

  it('the name of a group may contain @', () => {
    expect(parseName('sales@berlin', 'name')).toBe('sales@berlin');
  });

  it('a first or last name is one line or empty', () => {
    expect(parsePersonalName('', 'firstName')).toBe('');
    expect(parsePersonalName(' Anna-Lena ', 'firstName')).toBe(' Anna-Lena ');
    for (const text of ['a\nb', 'a\0b', '\udfff', 'x'.repeat(151)])
      expect(() => parsePersonalName(text, 'lastName')).toThrow(expect.objectContaining({ path: ['lastName'] }));
  });
});

describe('Email addresses', () => {
  it.each(['a@b', 'Ada.Lovelace+x@example.com', 'root@localhost', 'ü@exämple.de', 'a@[::1]'.replace('[::1]', 'host')])(
    '%j is a valid email address',
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
  ])('%j is not an email address', (text) => {
    expect(() => parseEmail(text)).toThrow(expect.objectContaining({ code: 'INVALID', path: ['email'] }));
  });
});
