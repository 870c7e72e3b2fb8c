import { hashPassword, verifyPassword } from '../../src/passwords.ts';
import type { Field } from '../field.ts';
import { drive } from '../load-generator.ts';
import { middle, type Plan } from '../rounds.ts';

export interface PasswordResult {
  /** A second. */
  readonly bareHashes: number;
  readonly signIns: number;
  readonly failed: number;
  /** Milliseconds, of client_credentials at half their rate: alone, and while people sign in as fast as they can. */
  readonly p99Alone: number;
  readonly p99Beside: number;
}

/** The password grant against argon2id with nothing around it, and what its hashes do to those who need none. */
export async function measurePassword(field: Field, { rounds, seconds, connections }: Plan): Promise<PasswordResult> {
  const [gatehouse] = await field.contenders(['gatehouse']);
  if (!gatehouse) throw new Error('Gatehouse is not in the field');
  const { ports, works } = gatehouse;
  const size = { connections, requests: 0 };
  const [signingIn, credentials] = [await works.password?.(size), await works.client_credentials?.(size)];
  if (!signingIn || !credentials) throw new Error('Gatehouse does not sign in');

  const bare: number[] = [];
  const grants: number[] = [];
  let failed = 0;
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareHashes(connections, seconds));
    const measured = await drive(ports, signingIn, { connections, seconds });
    if (measured.fault !== undefined) console.error(measured.fault);
    failed += measured.failed;
    grants.push(measured.perSecond);
  }

  const full = await drive(ports, credentials, { connections, seconds });
  const half = { connections: connections / 2, seconds: 2 * seconds, rate: full.perSecond / 2 };
  const alone = await drive(ports, credentials, half);
  const signIns = drive(ports, signingIn, { connections, seconds: 2 * seconds });
  const beside = await drive(ports, credentials, half);
  failed += alone.failed + beside.failed + (await signIns).failed;
  return {
    bareHashes: middle(bare.toSorted((one, other) => one - other)),
    signIns: middle(grants.toSorted((one, other) => one - other)),
    failed,
    p99Alone: alone.p99,
    p99Beside: beside.p99,
  };
}

/** As many at once as there are connections; the queue in front of the cores is the same one that the server has. */
async function bareHashes(connections: number, seconds: number): Promise<number> {
  const stored = await hashPassword('correct horse battery');
  const begun = performance.now();
  let count = 0;
  const person = async () => {
    while (performance.now() - begun < seconds * 1000) {
      await verifyPassword(stored, 'correct horse battery');
      count++;
    }
  };
  await Promise.all(Array.from({ length: connections }, person));
  return count / ((performance.now() - begun) / 1000);
}
