import { type Sql, statement } from './connection/sql.ts';

/** A signing key as it is stored. `private_key` is sealed. */
export interface SigningKeyRow {
  readonly kid: string;
  readonly algorithm: string;
  readonly public_key: Readonly<Record<string, unknown>>;
  readonly private_key: Uint8Array;
  readonly signs_from: Date;
}

export interface NewSigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly publicKey: object;
  readonly privateKey: Buffer;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

const selectKeys = statement<SigningKeyRow>(
  'find-signing-keys',
  `SELECT kid, algorithm, public_key, private_key, signs_from FROM signing_keys
   WHERE expires_at IS NULL OR expires_at > $1 ORDER BY signs_from DESC, generation DESC`,
);

/** Of several nodes that create a key at once, one gets the next generation. None does if a key was created after `$4`. */
const insertKey = statement<{ kid: string }>(
  'insert-signing-key',
  `INSERT INTO signing_keys (kid, algorithm, generation, public_key, private_key, created_at, signs_from)
   SELECT $1::text, $2::text, 1 + coalesce((SELECT max(generation) FROM signing_keys WHERE algorithm = $2), 0),
          $3::jsonb, $5::bytea, $6::timestamptz, $7::timestamptz
   WHERE NOT EXISTS (SELECT FROM signing_keys WHERE algorithm = $2 AND created_at > $4::timestamptz)
   ON CONFLICT (algorithm, generation) DO NOTHING RETURNING kid`,
);

/** A replaced key is published until every token that it may have signed has expired. */
const retireKeys = statement<never>(
  'retire-signing-keys',
  `UPDATE signing_keys k SET expires_at = greatest($1::timestamptz, (SELECT max(expires_at) FROM access_tokens))
   WHERE k.expires_at IS NULL AND EXISTS (
     SELECT FROM signing_keys n WHERE n.algorithm = k.algorithm AND n.generation > k.generation AND n.signs_from < $2)`,
);

const dropKeys = statement<never>(
  'drop-signing-keys',
  'UPDATE signing_keys SET expires_at = $2 WHERE algorithm = $1 AND kid <> $3 AND (expires_at IS NULL OR expires_at > $2)',
);

const resealKey = statement<never>(
  'reseal-signing-key',
  'UPDATE signing_keys SET private_key = $2 WHERE kid = $1 AND private_key = $3',
);

/** All published keys. The first key of an algorithm that may already sign is the one that signs. */
export const findSigningKeys = (sql: Sql, now: Date): Promise<SigningKeyRow[]> => sql(selectKeys, [now]);

/** Returns false if another node was first, or if a key of this algorithm was created after `unlessSince`. */
export async function insertSigningKey(sql: Sql, key: NewSigningKey, unlessSince: Date): Promise<boolean> {
  const { kid, algorithm, publicKey, privateKey, createdAt, signsFrom } = key;
  const values = [kid, algorithm, JSON.stringify(publicKey), unlessSince, privateKey, createdAt, signsFrom];
  return (await sql(insertKey, values)).length === 1;
}

export async function retireSigningKeys(sql: Sql, successorSignsSince: Date, until: Date): Promise<void> {
  await sql(retireKeys, [until, successorSignsSince]);
}

/** Expires all other keys of the algorithm at once. Tokens that they signed are no longer valid. */
export async function dropOtherSigningKeys(sql: Sql, algorithm: string, kid: string, now: Date): Promise<void> {
  await sql(dropKeys, [algorithm, now, kid]);
}

/** Stores the resealed key, unless another node has resealed it in the meantime. */
export async function resealSigningKey(sql: Sql, kid: string, resealed: Buffer, before: Uint8Array): Promise<void> {
  await sql(resealKey, [kid, resealed, before]);
}
