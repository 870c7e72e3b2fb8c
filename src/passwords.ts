import { hash, verify } from '@node-rs/argon2';

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

/** NIST SP 800-63B §3.1.1.2: length is what counts, and one person's keyboards must all type the same password. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 1024;

/** Against which a password is checked when there is no account: the answer takes as long as for one. */
let decoy: Promise<string> | undefined;

/** argon2id in PHC form. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), PARAMETERS);

/** Whether `password` belongs to `stored`; takes equally long when there is no account (`null`). */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
  return stored !== null && matches;
}

/** True for a hash made with weaker parameters than today's: hash anew at the next sign-in. */
export const isOutdated = (stored: string): boolean => !stored.startsWith(CURRENT);
