import { randomBytes } from 'node:crypto';
import { runOnWorker } from './argon2-pool.ts';

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

/** NIST SP 800-63B §3.1.1.2: length is what counts, and one person's keyboards must all type the same password. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 1024;

const random = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

/** Against which a password is checked when there is no account: the answer takes as long as for one. */
const DECOY = `${CURRENT}${random(16)}$${random(32)}`;

/** argon2id in PHC form. */
export async function hashPassword(password: string): Promise<string> {
  return String(await runOnWorker({ password: password.normalize('NFKC'), parameters: PARAMETERS }));
}

/** Whether `password` belongs to `stored`; takes equally long when there is no account (`null`). */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const matches = await runOnWorker({ password: password.normalize('NFKC'), stored: stored ?? DECOY });
  return stored !== null && matches === true;
}

/** True for a hash made with weaker parameters than today's: hash anew at the next sign-in. */
export const isOutdated = (stored: string): boolean => !stored.startsWith(CURRENT);
