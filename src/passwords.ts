import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

/** NIST SP 800-63B §3.1.1.2: length is what counts, and one person's keyboards must all type the same password. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 1024;

/** A hash takes a core for 20 ms and 19 MiB: as many at a time as there are cores, and a queue that ends. */
const turns = pLimit(availableParallelism());
const MAX_WAITING = 100;

/** Too many passwords are waiting to be hashed: not now, but soon. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (turns.pendingCount >= MAX_WAITING) throw new Overloaded('too many passwords are waiting to be hashed');
  return turns(work);
}

/** Against which a password is checked when there is no account: the answer takes as long as for one. */
let decoy: Promise<string> | undefined;

/** argon2id in PHC form. */
export const hashPassword = (password: string): Promise<string> =>
  inTurn(() => hash(password.normalize('NFKC'), PARAMETERS));

/** Whether `password` belongs to `stored`; takes equally long when there is no account (`null`). */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash('nobody has this password', PARAMETERS);
  const against = stored ?? (await decoy);
  const matches = await inTurn(() => verify(against, password.normalize('NFKC')));
  return stored !== null && matches;
}

/** True for a hash made with weaker parameters than today's: hash anew at the next sign-in. */
export const isOutdated = (stored: string): boolean => !stored.startsWith(CURRENT);
