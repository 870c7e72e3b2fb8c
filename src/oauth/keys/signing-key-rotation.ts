import { calculateJwkThumbprint, exportJWK } from 'jose';
import { type Keyring, seal } from '../../crypto/keyring.ts';
import type { Sql } from '../../store/connection/sql.ts';
import {
  dropOtherSigningKeys,
  findSigningKeys,
  insertSigningKey,
  retireSigningKeys,
} from '../../store/signing-keys.ts';
import { ID_TOKEN_TTL, secondsLater } from '../lifetime.ts';
import { SIGNING_ALGORITHM_NAMES, SIGNING_ALGORITHMS, type SigningAlgorithm } from './signing-algorithm.ts';
import { makeSigningKeys } from './signing-keys.ts';

/** Seconds for which a key is published before it signs. Clients may not cache the JWKS for longer. */
const PUBLISHED_BEFORE = 3600;
/** Seconds after which a key gets a successor: 90 days. */
const ROTATED_AFTER = 90 * 86_400;
/** Seconds for which a node may still sign with the old key after its successor has become active. */
const SLACK = 60;

/** The context of a rotation. */
export interface KeyRotation {
  readonly sql: Sql;
  readonly keyring: Keyring;
  readonly now: Date;
}

export interface GeneratedKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly signsFrom: Date;
}

/** At start-up, creates a signing key for each algorithm that has none. If several nodes start at once, one creates it. */
export async function ensureSigningKeys(rotation: KeyRotation): Promise<void> {
  const { sql, keyring, now } = rotation;
  const keys = await makeSigningKeys(sql, keyring).published(now);
  const make = async (algorithm: SigningAlgorithm) => {
    const own = keys.filter((key) => key.algorithm === algorithm);
    if (own.some(({ privateKey, signsFrom }) => privateKey !== undefined && signsFrom <= now)) return;
    // A key that this node cannot unseal, or must not trust, counts as missing. If another node has just replaced it, nothing
    // is created.
    await makeKey(rotation, algorithm, now, secondsLater(now, -SLACK));
  };
  await Promise.all(SIGNING_ALGORITHM_NAMES.map(make));
}

/** Creates a successor for each key that is older than 90 days, and retires keys whose successor has become active. */
export async function rotateSigningKeysByAge(rotation: KeyRotation): Promise<readonly GeneratedKey[]> {
  const { sql, keyring, now } = rotation;
  const old = secondsLater(now, -ROTATED_AFTER);
  const rows = await findSigningKeys(sql, keyring, now);
  const due = SIGNING_ALGORITHM_NAMES.filter(
    (name) => !rows.some(({ algorithm, signs_from }) => algorithm === name && signs_from > old),
  );
  const made: GeneratedKey[] = [];
  for (const algorithm of due) {
    const key = await makeKey(rotation, algorithm, secondsLater(now, PUBLISHED_BEFORE), old);
    if (key) made.push(key);
  }
  await retireSigningKeys(sql, keyring, secondsLater(now, -SLACK), secondsLater(now, ID_TOKEN_TTL + SLACK));
  return made;
}

/** Creates a successor for each key on the operator's request. It signs after clients have had time to fetch it. */
export async function rotateSigningKeys(rotation: KeyRotation): Promise<readonly GeneratedKey[]> {
  return makeKeys(rotation, secondsLater(rotation.now, PUBLISHED_BEFORE));
}

/** For compromised keys: new keys sign at once, and everything that the old keys signed becomes invalid. */
export async function replaceSigningKeys(rotation: KeyRotation): Promise<readonly GeneratedKey[]> {
  const made = await makeKeys(rotation, rotation.now);
  await dropOtherSigningKeys(rotation.sql, rotation.keyring, made, rotation.now);
  return made;
}

async function makeKeys(rotation: KeyRotation, signsFrom: Date): Promise<GeneratedKey[]> {
  const keys = await Promise.all(
    SIGNING_ALGORITHM_NAMES.map((algorithm) => makeKey(rotation, algorithm, signsFrom, rotation.now)),
  );
  return keys.filter((key) => key !== undefined);
}

/** Returns undefined if another node created a key at the same time, or if a key was created after `unlessSince`. */
async function makeKey(
  { sql, keyring, now }: KeyRotation,
  algorithm: SigningAlgorithm,
  signsFrom: Date,
  unlessSince: Date,
): Promise<GeneratedKey | undefined> {
  const pair = await SIGNING_ALGORITHMS[algorithm].generate();
  const publicKey = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicKey);
  const privateKey = seal(keyring('signing-keys'), kid, pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
  const key = { kid, algorithm, publicKey, privateKey, createdAt: now, signsFrom };
  return (await insertSigningKey(sql, keyring, key, unlessSince)) ? { kid, algorithm, signsFrom } : undefined;
}
