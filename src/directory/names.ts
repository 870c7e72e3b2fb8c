import { DomainError } from './error.ts';

const NAME_MAX = 150;
const EMAIL_MAX = 254;

/** Control, format, surrogate, private-use and unassigned characters. Two names that differ only in them would look the same. */
const INVISIBLE = /\p{C}/u;
const LINE_BREAKING = /[\p{Cc}\p{Cs}]/u;

const key = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC');

/** The unique key that sign-in looks up, so that `Ａlice` and `alice` are the same user. */
export const usernameKey = (username: string): string => key(username);
export const emailKey = (email: string): string => key(email);
export const groupNameKey = (name: string): string => key(name);
export const clientNameKey = (name: string): string => key(name);

/** Validates a username. It cannot contain `@`, so that sign-in cannot mistake it for an email address. */
export function parseUsername(text: string): string {
  const username = parseName(text, 'username');
  if (username.includes('@')) throw new DomainError('INVALID', 'A username cannot contain @', ['username']);
  return username;
}

/** Validates a username or the name of a group, and normalizes it to NFKC. */
export function parseName(text: string, field: string): string {
  const name = text.normalize('NFKC');
  if (name === '' || name !== name.trim())
    throw new DomainError('INVALID', `The ${field} must not be empty, and must not begin or end with a space`, [field]);
  if ([...name].length > NAME_MAX)
    throw new DomainError('INVALID', `The ${field} is longer than ${NAME_MAX} characters`, [field]);
  if (INVISIBLE.test(name)) throw new DomainError('INVALID', `The ${field} contains invisible characters`, [field]);
  return name;
}

/** Validates an email address and keeps it as typed. Only a delivered email proves an address, so the check is lenient. */
export function parseEmail(email: string): string {
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
