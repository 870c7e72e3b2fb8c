import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { compactVerify, type JWTPayload, SignJWT } from 'jose';
import { type Keyring, unseal } from '../../crypto/keyring.ts';
import { thumbprintOf } from '../../crypto/thumbprint.ts';
import type { Sql } from '../../store/connection/sql.ts';
import { findSigningKeys, RETIRED_KEYS_KEPT, type SigningKeyRow } from '../../store/signing-keys.ts';
import { secondsLater } from '../lifetime.ts';
import { SIGNING_ALGORITHM_NAMES, type SigningAlgorithm } from './signing-algorithm.ts';

/** Milliseconds for which a node caches the list of keys. New keys are published for much longer before they sign. */
const CACHE_TTL = 10_000;

interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly signsFrom: Date;
  readonly publicKey: KeyObject;
  /** RFC 7517 §4 */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Undefined if this node's SECRET_KEY cannot unseal it. The node then only publishes the key. */
  readonly privateKey: KeyObject | undefined;
}

/** Signs and verifies JWTs with the signing keys of this instance. */
export interface SigningKeys {
  /** Signs with the current key of the algorithm. `type` becomes the header parameter typ (RFC 8725 §3.11). */
  sign(algorithm: SigningAlgorithm, type: string, claims: JWTPayload, now: Date): Promise<string>;
  /** Returns the claims of a JWT that we signed, otherwise undefined. The caller must check issuer, audience and times. */
  verify(jwt: string, type: string, now: Date): Promise<JWTPayload | undefined>;
  /** The same, also with keys that are no longer published. Keys that were replaced as compromised never count. */
  verifyWithRetiredKeys(jwt: string, type: string, now: Date): Promise<JWTPayload | undefined>;
  /** RFC 7517 §5: all keys that sign, will sign soon, or signed something that is still valid. */
  published(now: Date): Promise<readonly SigningKey[]>;
}

/** Caches parsed keys by kid, and the list of published keys for CACHE_TTL. */
export function makeSigningKeys(sql: Sql, keyring: Keyring): SigningKeys {
  const parsed = new Map<string, SigningKey>();
  let cached: { readonly at: number; readonly keys: Promise<readonly SigningKey[]> } | undefined;

  const read = async (now: Date): Promise<readonly SigningKey[]> => {
    const rows = await findSigningKeys(sql, keyring, now);
    for (const row of rows) {
      const key = parsed.get(row.kid) ?? parse(row, keyring);
      if (key) parsed.set(row.kid, key);
    }
    // RS256 first, because some clients take the first key of the set.
    return rows.flatMap(({ kid }) => parsed.get(kid) ?? []).toSorted((a, b) => rankOf(a) - rankOf(b));
  };

  const published = (now: Date): Promise<readonly SigningKey[]> => {
    const age = cached === undefined ? Number.POSITIVE_INFINITY : now.getTime() - cached.at;
    if (cached !== undefined && age >= 0 && age < CACHE_TTL) return cached.keys;
    const loaded = { at: now.getTime(), keys: read(now) };
    cached = loaded;
    // Do not cache a failure, so that the next caller queries the database again.
    loaded.keys.catch(() => {
      if (cached === loaded) cached = undefined;
    });
    return loaded.keys;
  };

  return {
    published,
    async sign(algorithm, type, claims, now) {
      const key = (await published(now)).find((one) => one.algorithm === algorithm && canSign(one, now));
      if (key?.privateKey === undefined) throw new Error(`There is no signing key for ${algorithm}`);
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: type, kid: key.kid }).sign(key.privateKey);
    },
    verify: async (jwt, type, now) => verifyWith(await published(now), jwt, type),
    verifyWithRetiredKeys: async (jwt, type, now) =>
      (await verifyWith(await published(now), jwt, type)) ??
      verifyWith(await read(secondsLater(now, -RETIRED_KEYS_KEPT)), jwt, type),
  };
}

async function verifyWith(keys: readonly SigningKey[], jwt: string, type: string): Promise<JWTPayload | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      jwt,
      ({ kid, alg }) => {
        const key = keys.find((one) => one.kid === kid && one.algorithm === alg);
        if (!key) throw new Error('unknown key');
        return key.publicKey;
      },
      { algorithms: SIGNING_ALGORITHM_NAMES },
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return protectedHeader.typ === type && isClaims(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

const RANKS: readonly string[] = SIGNING_ALGORITHM_NAMES;
const rankOf = ({ algorithm }: SigningKey): number => RANKS.indexOf(algorithm);

const canSign = ({ privateKey, signsFrom }: SigningKey, now: Date): boolean =>
  privateKey !== undefined && signsFrom <= now;

const isClaims = (value: unknown): value is JWTPayload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined if the kid is not the thumbprint of the public key. */
function parse(row: SigningKeyRow, keyring: Keyring): SigningKey | undefined {
  const { kid, algorithm, public_key: stored, private_key: sealed } = row;
  const publicKey = createPublicKey({ key: stored, format: 'jwk' });
  if (thumbprintOf(publicKey) !== kid) return undefined;
  const plain = keyring('signing-keys')
    .map((key) => unseal(key, kid, sealed))
    .find((found) => found !== undefined);
  return {
    kid,
    algorithm,
    signsFrom: row.signs_from,
    publicKey,
    // Exported again, because the stored JWK may have other members.
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
    privateKey: plain && createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }),
  };
}
