import { PASSWORD_MIN } from '../crypto/password-length.ts';

let loading: Promise<ReadonlySet<string>> | undefined;

/** The list is loaded at the first use, because most processes never set a password. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter(({ length }) => length >= PASSWORD_MIN));
}

/** True for one of the passwords that people choose most often, in any case. */
export async function isCommonPassword(password: string): Promise<boolean> {
  loading ??= load();
  return (await loading).has(password.toLowerCase());
}
