import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { compactVerify, type JWTPayload, SignJWT } from 'jose';
import { type Keyring, unseal } from '../../crypto/keyring.ts';
import type { Sql } from '../../store/connection/sql.ts';
import { findSigningKeys, type SigningKeyRow } from '../../store/signing-keys.ts';
import { SIGNING_ALGORITHM_NAMES, type SigningAlgorithm } from './signing-algorithm.ts';

/** Milliseconds for which a node believes it knows which keys there are. A new one is published for far longer before it signs. */
const FRESH = 10_000;

interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly signsFrom: Date;
  readonly publicKey: KeyObject;
  /** RFC 7517 §4 */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Undefined where no key of SECRET_KEY opens it: another node can use it, this one can but publish it. */
  readonly privateKey: KeyObject | undefined;
}

/** The keys that sign tokens, as one node knows them. */
export interface SigningKeys {
  /** A JWT by the key of that algorithm whose turn it is. `type` goes into its header (RFC 8725 §3.11). */
  sign(algorithm: SigningAlgorithm, type: string, claims: JWTPayload, now: Date): Promise<string>;
  /** The claims of a JWT that we signed, whatever they say: issuer, audience and times are the caller's to judge. */
  verify(jwt: string, type: string, now: Date): Promise<JWTPayload | undefined>;
  /** RFC 7517 §5: every key by which something good may be signed, or soon will be. */
  published(now: Date): Promise<readonly SigningKey[]>;
}

/** Keeps what never changes, a key by its kid, and looks again now and then which keys there are. */
export function makeSigningKeys(sql: Sql, keyring: Keyring): SigningKeys {
  const parsed = new Map<string, SigningKey>();
  let known: { readonly at: number; readonly keys: Promise<readonly SigningKey[]> } | undefined;

  const read = async (now: Date): Promise<readonly SigningKey[]> => {
    const rows = await findSigningKeys(sql, now);
    for (const row of rows) if (!parsed.has(row.kid)) parsed.set(row.kid, parse(row, keyring));
    return rows.flatMap(({ kid }) => parsed.get(kid) ?? []);
  };

  const published = (now: Date): Promise<readonly SigningKey[]> => {
    const age = known === undefined ? Number.POSITIVE_INFINITY : now.getTime() - known.at;
    if (known !== undefined && age >= 0 && age < FRESH) return known.keys;
    const asked = { at: now.getTime(), keys: read(now) };
    known = asked;
    // A database that was away is asked again by the next who comes.
    asked.keys.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.keys;
  };

  return {
    published,
    async sign(algorithm, type, claims, now) {
      const key = (await published(now)).find((one) => one.algorithm === algorithm && signs(one, now));
      if (key?.privateKey === undefined) throw new Error(`no key signs ${algorithm}`);
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: type, kid: key.kid }).sign(key.privateKey);
    },
    async verify(jwt, type, now) {
      const keys = await published(now);
      try {
        const { payload, protectedHeader } = await compactVerify(
          jwt,
          ({ kid, alg }) => {
            const key = keys.find((one) => one.kid === kid && one.algorithm === alg);
            if (!key) throw new Error('no such key');
            return key.publicKey;
          },
          { algorithms: SIGNING_ALGORITHM_NAMES },
        );
        const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
        return protectedHeader.typ === type && isClaims(claims) ? claims : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

const signs = ({ privateKey, signsFrom }: SigningKey, now: Date): boolean =>
  privateKey !== undefined && signsFrom <= now;

const isClaims = (value: unknown): value is JWTPayload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(row: SigningKeyRow, keyring: Keyring): SigningKey {
  const { kid, algorithm, public_key: publicJwk, private_key: sealed } = row;
  const plain = keyring('signing-keys')
    .map((key) => unseal(key, kid, sealed))
    .find((found) => found !== undefined);
  return {
    kid,
    algorithm,
    signsFrom: row.signs_from,
    publicKey: createPublicKey({ key: publicJwk, format: 'jwk' }),
    jwk: { ...publicJwk, kid, alg: algorithm, use: 'sig' },
    privateKey: plain && createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }),
  };
}
