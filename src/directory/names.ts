import { DomainError } from './error.ts';

const NAME_MAX = 150;
const EMAIL_MAX = 254;

/**
 * Control, format, surrogate, private-use and unassigned characters, characters that programs do not show, and the blank braille
 * pattern. Two names that differ only in them would look the same.
 */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const LINE_BREAKING = /[\p{Cc}\p{Cs}]/u;

/** RFC 5892 App. A.1: viramas, after which a joiner changes how the next letter is written. */
const VIRAMA =
  '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u0f84\\u1039\\u17d2\\u1a60\\u1b44\\ua9c0]';
/** RFC 5892 App. A.1: letters that join their neighbours unless a non-joiner stands between them. */
const JOINING = '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Nko}\\p{Script=Adlam}]';
/** Joiners that a script needs, and whole emoji, which consist of characters that are invisible elsewhere. */
const NEEDED = new RegExp(
  `(?<=${VIRAMA})[\\u200c\\u200d]|(?<=${JOINING}\\p{M}*)\\u200c(?=\\p{M}*${JOINING})|\\p{RGI_Emoji}|(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]`,
  'gv',
);

/** Users cannot see a space around what they type, and no two names differ only in that or in a final sigma. */
const key = (text: string): string =>
  text.normalize('NFKC').trim().toLowerCase().normalize('NFKC').replaceAll('ς', 'σ');

/** The unique key that sign-in looks up, so that `Ａlice` and `alice` are the same user. */
export const usernameKey = (username: string): string => key(username);
export const emailKey = (email: string): string => key(email);
/** The key of a name of a group or client, in which only what users see counts. */
export const nameKey = (name: string): string => key(name).replaceAll(IGNORABLE, '');

/** Validates a username and normalizes it to NFKC. It cannot contain `@`, so that sign-in cannot mistake it for an email address. */
export function parseUsername(text: string): string {
  const username = parseName(text.normalize('NFKC'), 'username');
  if (INVISIBLE.test(username) || !VISIBLE.test(username))
    throw new DomainError('INVALID', 'The username contains invisible characters', ['username']);
  if (username.includes('@')) throw new DomainError('INVALID', 'A username cannot contain @', ['username']);
  return username;
}

/** Validates a name that users see. It keeps its spelling (NFC); only its key is folded. */
export function parseName(text: string, field: string): string {
  const name = text.normalize('NFC');
  if (name === '' || name !== name.trim())
    throw new DomainError('INVALID', `The ${field} must not be empty, and must not begin or end with a space`, [field]);
  if ([...name].length > NAME_MAX)
    throw new DomainError('INVALID', `The ${field} is longer than ${NAME_MAX} characters`, [field]);
  if (INVISIBLE.test(name.replaceAll(NEEDED, '')))
    throw new DomainError('INVALID', `The ${field} contains invisible characters`, [field]);
  return name;
}

/** Validates an email address and normalizes it to NFKC. Only a delivered email proves an address, so the check is lenient. */
export function parseEmail(text: string): string {
  const email = text.normalize('NFKC');
  if (email.length > EMAIL_MAX || INVISIBLE.test(email) || !/^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/.test(email))
    throw new DomainError('INVALID', 'This is not an email address', ['email']);
  return email;
}

/** Validates a first or last name. Any single line is accepted. */
export function parsePersonalName(text: string, field: 'firstName' | 'lastName'): string {
  if ([...text].length > NAME_MAX || LINE_BREAKING.test(text))
    throw new DomainError('INVALID', `A name is one line of at most ${NAME_MAX} characters`, [field]);
  return text;
}
