import { hmac, type Keyring, verifyMac } from '../crypto/keyring.ts';
import { type Sql, statement } from './connection/sql.ts';

/** The members of a signing key that its MAC covers. `kid` is the thumbprint of the public key, which readers must verify. */
interface BoundFields {
  readonly kid: string;
  readonly algorithm: string;
  readonly created_at: Date;
  readonly signs_from: Date;
  readonly expires_at: Date | null;
}

/** A signing key as it is stored. `private_key` is sealed. */
export interface SigningKeyRow extends BoundFields {
  readonly public_key: Readonly<Record<string, unknown>>;
  readonly private_key: Uint8Array;
  /** Null in rows of versions that had no MAC, until the next start. */
  readonly mac: Uint8Array | null;
}

export interface NewSigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly publicKey: object;
  readonly privateKey: Buffer;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

/** Seconds for which a key is kept after it is no longer published: longer than any session, whose ID tokens may come back as hints. */
export const RETIRED_KEYS_KEPT = 400 * 86_400;

const COLUMNS = 'kid, algorithm, public_key, private_key, created_at, signs_from, expires_at, mac';

const selectKeys = statement<SigningKeyRow>(
  'find-signing-keys',
  `SELECT ${COLUMNS} FROM signing_keys
   WHERE expires_at IS NULL OR expires_at > $1 ORDER BY signs_from DESC, generation DESC`,
);

/** Of several nodes that create a key at once, one gets the next generation. None does if a key was created after `$4`. */
const insertKey = statement<{ kid: string }>(
  'insert-signing-key',
  `INSERT INTO signing_keys (kid, algorithm, generation, public_key, private_key, created_at, signs_from, mac)
   SELECT $1::text, $2::text, 1 + coalesce((SELECT max(generation) FROM signing_keys WHERE algorithm = $2), 0),
          $3::jsonb, $5::bytea, $6::timestamptz, $7::timestamptz, $8::bytea
   WHERE NOT EXISTS (SELECT FROM signing_keys WHERE algorithm = $2 AND created_at > $4::timestamptz)
   ON CONFLICT (algorithm, generation) DO NOTHING RETURNING kid`,
);

/** A replaced key is published until every token that it may have signed has expired. */
const selectReplaced = statement<SigningKeyRow & { end: Date }>(
  'find-replaced-signing-keys',
  `SELECT ${COLUMNS}, greatest($1::timestamptz, (SELECT max(expires_at) FROM access_tokens)) AS end
   FROM signing_keys k
   WHERE k.expires_at IS NULL AND EXISTS (
     SELECT FROM signing_keys n WHERE n.algorithm = k.algorithm AND n.generation > k.generation AND n.signs_from < $2)`,
);

/** Each row changes only if nothing else has changed it since it was read. */
const changeKeys = statement<never>(
  'change-signing-keys',
  `UPDATE signing_keys k SET private_key = d.private_key, expires_at = d.expires_at, mac = d.mac
   FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::bytea[])
     AS d (kid, private_key, expires_at, mac, private_key_before, mac_before)
   WHERE k.kid = d.kid AND k.private_key = d.private_key_before AND k.mac IS NOT DISTINCT FROM d.mac_before`,
);

const macOf = (key: Buffer, { kid, algorithm, created_at, signs_from, expires_at }: BoundFields): Buffer =>
  hmac(key, kid, algorithm, ...[created_at, signs_from, expires_at].map((time) => time?.toISOString() ?? ''));

/** True if a holder of SECRET_KEY wrote the row. An attacker who can only write to the database cannot make such a row. */
export const isBound = (keyring: Keyring, row: SigningKeyRow): boolean =>
  row.mac !== null && verifyMac(keyring('signing-key-rows'), row.mac, (key) => macOf(key, row));

/** All rows that have not expired, including those that must not be trusted. */
export const readSigningKeys = (sql: Sql, now: Date): Promise<SigningKeyRow[]> => sql(selectKeys, [now]);

/** All keys to publish. The first key of an algorithm that may already sign is the one that signs. */
export async function findSigningKeys(sql: Sql, keyring: Keyring, now: Date): Promise<SigningKeyRow[]> {
  return (await readSigningKeys(sql, now)).filter((row) => isBound(keyring, row));
}

/** Returns false if another node was first, or if a key of this algorithm was created after `unlessSince`. */
export async function insertSigningKey(
  sql: Sql,
  keyring: Keyring,
  key: NewSigningKey,
  unlessSince: Date,
): Promise<boolean> {
  const { kid, algorithm, publicKey, privateKey, createdAt, signsFrom } = key;
  const [first] = keyring('signing-key-rows');
  const mac = macOf(first, { kid, algorithm, created_at: createdAt, signs_from: signsFrom, expires_at: null });
  const values = [kid, algorithm, JSON.stringify(publicKey), unlessSince, privateKey, createdAt, signsFrom, mac];
  return (await sql(insertKey, values)).length === 1;
}

/** Sets the expiry of each key whose successor started to sign before `successorSignsSince`. */
export async function retireSigningKeys(
  sql: Sql,
  keyring: Keyring,
  successorSignsSince: Date,
  until: Date,
): Promise<void> {
  const replaced = (await sql(selectReplaced, [until, successorSignsSince])).filter((row) => isBound(keyring, row));
  await changeSigningKeys(
    sql,
    keyring,
    replaced.map((row) => ({ before: row, after: { ...row, expires_at: row.end } })),
  );
}

/** Earlier than every retired key, so that the key does not even verify a hint. */
const DISTRUSTED = new Date(0);

/** Expires all other keys of these algorithms at once, retired ones as well. Nothing that they signed is valid any more. */
export async function dropOtherSigningKeys(
  sql: Sql,
  keyring: Keyring,
  kept: readonly { readonly kid: string; readonly algorithm: string }[],
  now: Date,
): Promise<void> {
  const known = await findSigningKeys(sql, keyring, new Date(now.getTime() - RETIRED_KEYS_KEPT * 1000));
  const others = known.filter(
    ({ kid, algorithm }) => kept.some((key) => key.algorithm === algorithm) && !kept.some((key) => key.kid === kid),
  );
  await changeSigningKeys(
    sql,
    keyring,
    others.map((row) => ({ before: row, after: { ...row, expires_at: DISTRUSTED } })),
  );
}

interface SigningKeyChange {
  readonly before: SigningKeyRow;
  readonly after: Omit<SigningKeyRow, 'mac'>;
}

/** Stores changed rows with new MACs. */
export async function changeSigningKeys(
  sql: Sql,
  keyring: Keyring,
  changes: readonly SigningKeyChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const [first] = keyring('signing-key-rows');
  await sql(changeKeys, [
    changes.map(({ after }) => after.kid),
    changes.map(({ after }) => after.private_key),
    changes.map(({ after }) => after.expires_at),
    changes.map(({ after }) => macOf(first, after)),
    changes.map(({ before }) => before.private_key),
    changes.map(({ before }) => before.mac),
  ]);
}
