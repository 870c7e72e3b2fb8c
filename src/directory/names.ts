import { DomainError } from './error.ts';

const NAME_MAX = 150;
const EMAIL_MAX = 254;

/** Control, format, surrogate, private-use and unassigned characters: nobody can see them, so two names would look the same. */
const INVISIBLE = /\p{C}/u;
const LINE_BREAKING = /[\p{Cc}\p{Cs}]/u;

const key = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC');

/** What is unique and what sign-in looks up: `Ａlice` and `alice` are one person. */
export const usernameKey = (username: string): string => key(username);
export const emailKey = (email: string): string => key(email);
export const groupNameKey = (name: string): string => key(name);

/** A username as it is stored. Without `@`, so that it can never be mistaken for somebody's e-mail address at sign-in. */
export function parseUsername(text: string): string {
  const username = parseName(text, 'username');
  if (username.includes('@')) throw new DomainError('INVALID', 'A username cannot contain @', ['username']);
  return username;
}

/** The name of a group or a username: visible characters, NFKC, no blanks around it. */
export function parseName(text: string, field: string): string {
  const name = text.normalize('NFKC');
  if (name === '' || name !== name.trim())
    throw new DomainError('INVALID', `The ${field} must not be empty, nor begin or end with a blank`, [field]);
  if ([...name].length > NAME_MAX)
    throw new DomainError('INVALID', `The ${field} is longer than ${NAME_MAX} characters`, [field]);
  if (INVISIBLE.test(name)) throw new DomainError('INVALID', `The ${field} contains invisible characters`, [field]);
  return name;
}

/** Kept as typed. Only a mail that arrives proves an address, so this refuses no more than what cannot be one. */
export function parseEmail(email: string): string {
  if (email.length > EMAIL_MAX || INVISIBLE.test(email) || !/^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/.test(email))
    throw new DomainError('INVALID', 'This is not an e-mail address', ['email']);
  return email;
}

/** First and last names: whatever people are called, on one line. */
export function parsePersonalName(text: string, field: 'firstName' | 'lastName'): string {
  if ([...text].length > NAME_MAX || LINE_BREAKING.test(text))
    throw new DomainError('INVALID', `A name is one line of at most ${NAME_MAX} characters`, [field]);
  return text;
}
