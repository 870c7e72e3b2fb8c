import { describe, expect, it } from 'vitest';
import {
  emailKey,
  nameKey,
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
    ['ΑΣ', 'ασ'],
    ['ας', 'ασ'],
    [' alice\u00a0', 'alice'],
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

  it.each([
    ...['alice\ufe0f', 'alice\u034f', 'al\u3164ice', 'alice\uffa0', 'ali\u2800ce', 'alice\u180b', 'alice\u17b4'],
    ...['\u3164', '\u2800', '\u0301', 'a\u200db'],
  ])('%j is not a valid username, because it looks like another one or like nothing', (text) => {
    expect(() => parseUsername(text)).toThrow('invisible characters');
  });

  it.each([
    'ශ්\u200dරී ලංකා',
    'نرم\u200cافزار من',
    'क्\u200dष',
    '👨\u200d👩\u200d👧',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    '❤\ufe0f Team',
    'Acme™ ＡＢＣ株式会社 Ⅳ',
    'H₂O Team ½ №1',
  ])('%j is a valid name and keeps its spelling', (text) => {
    expect(parseName(text, 'name')).toBe(text);
  });

  it.each(['a\u200db', 'a\u200cb', 'team\u3164', 'team\ufe0f', 'team1\ufe0f', 'te\u2800am', '\u200d', '👨\u200dx'])(
    '%j is not a valid name',
    (text) => {
      expect(() => parseName(text, 'name')).toThrow('invisible characters');
    },
  );

  it('the name of a group is stored in NFC and its key is folded', () => {
    expect(parseName('e\u0301', 'name')).toBe('é');
    expect(nameKey('H₂O\u200d')).toBe('h2o');
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

  it('an email address is normalized, so that two spellings are one address', () => {
    expect(parseEmail('victim@example．com')).toBe('victim@example.com');
  });

  it.each([
    '',
    'a',
    'a\ufe0f@b',
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
