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

/** Seconds for which a key is published before it signs: longer than anybody may keep a copy of the JWKS. */
const PUBLISHED_BEFORE = 3600;
/** Seconds after which a key has a successor made for it: 90 days. */
const ROTATED_AFTER = 90 * 86_400;
/** Seconds for which a node may still sign with a key whose successor's turn has come. */
const SLACK = 60;

/** What is needed to make keys, and the moment at which it is done. */
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

/** At the start: every algorithm has a key that signs. Of nodes that start together one makes it. */
export async function ensureSigningKeys(rotation: KeyRotation): Promise<void> {
  const { sql, keyring, now } = rotation;
  const keys = await makeSigningKeys(sql, keyring).published(now);
  const make = async (algorithm: SigningAlgorithm) => {
    const own = keys.filter((key) => key.algorithm === algorithm);
    if (own.some(({ privateKey, signsFrom }) => privateKey !== undefined && signsFrom <= now)) return;
    // A key that nobody can open stands in nobody's way.
    await makeKey(rotation, algorithm, now, own.length === 0 ? new Date(0) : secondsLater(now, -SLACK));
  };
  await Promise.all(SIGNING_ALGORITHM_NAMES.map(make));
}

/** By the clock: makes a successor for each key that has grown old, and lets go those whose successor has taken over. */
export async function rotateSigningKeysByAge(rotation: KeyRotation): Promise<readonly GeneratedKey[]> {
  const { sql, now } = rotation;
  const old = secondsLater(now, -ROTATED_AFTER);
  const rows = await findSigningKeys(sql, now);
  const due = SIGNING_ALGORITHM_NAMES.filter(
    (name) => !rows.some(({ algorithm, signs_from }) => algorithm === name && signs_from > old),
  );
  const made: GeneratedKey[] = [];
  for (const algorithm of due) {
    const key = await makeKey(rotation, algorithm, secondsLater(now, PUBLISHED_BEFORE), old);
    if (key) made.push(key);
  }
  await retireSigningKeys(sql, secondsLater(now, -SLACK), secondsLater(now, ID_TOKEN_TTL + SLACK));
  return made;
}

/** At the operator's word: a successor for each key, which signs once everybody can know it. */
export async function rotateSigningKeys(rotation: KeyRotation): Promise<readonly GeneratedKey[]> {
  return makeKeys(rotation, secondsLater(rotation.now, PUBLISHED_BEFORE));
}

/** Somebody else may hold the keys: new ones sign at once, and nothing that the others signed is good any more. */
export async function replaceSigningKeys(rotation: KeyRotation): Promise<readonly GeneratedKey[]> {
  const made = await makeKeys(rotation, rotation.now);
  for (const { algorithm, kid } of made) await dropOtherSigningKeys(rotation.sql, algorithm, kid, rotation.now);
  return made;
}

async function makeKeys(rotation: KeyRotation, signsFrom: Date): Promise<GeneratedKey[]> {
  const keys = await Promise.all(
    SIGNING_ALGORITHM_NAMES.map((algorithm) => makeKey(rotation, algorithm, signsFrom, rotation.now)),
  );
  return keys.filter((key) => key !== undefined);
}

/** Undefined if another node made one at this moment, or one is younger than `unlessSince`. */
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
  return (await insertSigningKey(sql, key, unlessSince)) ? { kid, algorithm, signsFrom } : undefined;
}
