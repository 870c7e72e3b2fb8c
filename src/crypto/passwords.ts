import { randomBytes } from 'node:crypto';
import { runOnWorker } from './argon2-pool.ts';

/** The minimum that OWASP recommends for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

const random = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

/** Passwords for unknown accounts are verified against this hash, so that the response takes as long as for known ones. */
const DECOY = `${CURRENT}${random(16)}$${random(32)}`;

/** Hashes with argon2id in PHC format. NFKC makes the password the same on all keyboards and systems (§3.1.1.2). */
export async function hashPassword(password: string): Promise<string> {
  return String(await runOnWorker({ password: password.normalize('NFKC'), parameters: PARAMETERS }));
}

/** True if `password` matches the hash `stored`. Without an account (`null`) it takes the same time. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const matches = await runOnWorker({ password: password.normalize('NFKC'), stored: stored ?? DECOY });
  return stored !== null && matches === true;
}

/** True if the hash has outdated parameters. The next sign-in then replaces it. */
export const isOutdated = (stored: string): boolean => !stored.startsWith(CURRENT);
