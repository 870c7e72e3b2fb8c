import { createPrivateKey, createPublicKey } from 'node:crypto';
import { hmac, type Keyring, seal, unseal } from '../crypto/keyring.ts';
import { sameBytes } from '../crypto/secrets.ts';
import { thumbprintOf } from '../crypto/thumbprint.ts';
import { Refusal } from './connection/refusal.ts';
import { type Sql, statement } from './connection/sql.ts';
import { changeSigningKeys, isBound, readSigningKeys, type SigningKeyRow } from './signing-keys.ts';

const insertKeyCheck = statement<never>(
  'insert-key-check',
  'INSERT INTO key_checks (id, digest) VALUES (1, $1) ON CONFLICT (id) DO NOTHING',
);
const findKeyCheck = statement<{ digest: Uint8Array }>('find-key-check', 'SELECT digest FROM key_checks WHERE id = 1');
const moveKeyCheck = statement<never>(
  'move-key-check',
  'UPDATE key_checks SET digest = $1 WHERE id = 1 AND digest = $2',
);

/** An instant before the expiry of any key, with which a query by expiry selects all keys. */
const BEFORE_ANY_EXPIRY = new Date(0);

const mark = (key: Buffer): Buffer => hmac(key, 'key-check');

/** True if any key of the keyring made the stored mark. */
export const matchesKeyring = (keyring: Keyring, stored: Uint8Array): boolean =>
  keyring('key-check').some((key) => sameBytes(mark(key), stored));

/**
 * Refuses a database whose secrets were derived from another SECRET_KEY, because its refresh tokens could not be rotated. The
 * first start stores a mark of its key. If the mark belongs to an old key of the list, it is replaced by one of the first key.
 */
export async function checkKeys(sql: Sql, keyring: Keyring): Promise<void> {
  const [first] = keyring('key-check');
  const newest = mark(first);
  await sql(insertKeyCheck, [newest]);
  const [stored] = await sql(findKeyCheck, []);
  if (stored && !matchesKeyring(keyring, stored.digest)) throw wrongSecretKey();
  // Signing keys are rewritten before the mark is replaced, because after that a node may start without the old key.
  await rewriteSigningKeys(sql, keyring);
  if (stored && !sameBytes(stored.digest, newest)) await sql(moveKeyCheck, [newest, stored.digest]);
}

/** The same check for commands that must change nothing: it stores no mark and reseals no key. */
export async function compareKeys(sql: Sql, keyring: Keyring): Promise<void> {
  const [stored] = await sql(findKeyCheck, []);
  if (stored && !matchesKeyring(keyring, stored.digest)) throw wrongSecretKey();
}

const wrongSecretKey = (): Refusal =>
  new Refusal(
    'SECRET_KEY is not the key this database was made with. Set that key. To change it, set SECRET_KEY to the new key, a comma, and the old key.',
  );

/** Seals and binds signing keys with the first key of the ring, and binds those that have no MAC yet. */
async function rewriteSigningKeys(sql: Sql, keyring: Keyring): Promise<void> {
  const ring = keyring('signing-keys');
  const changes = (await readSigningKeys(sql, BEFORE_ANY_EXPIRY)).flatMap((row) => {
    const { kid, private_key: sealed } = row;
    const [opener, plain] = ring
      .map((key) => [key, unseal(key, kid, sealed)] as const)
      .find(([, found]) => found !== undefined) ?? [undefined, undefined];
    if (!(row.mac === null ? plain && belongsTo(row, plain) : isBound(keyring, row))) return [];
    const resealed = plain && opener !== ring[0] ? seal(ring, kid, plain) : sealed;
    const isCurrent = resealed === sealed && isBound(firstOf(keyring), row);
    return isCurrent ? [] : [{ before: row, after: { ...row, private_key: resealed } }];
  });
  await changeSigningKeys(sql, keyring, changes);
}

/** True if this private key belongs to the kid of the row. Only a holder of SECRET_KEY can have sealed it. */
const belongsTo = ({ kid }: SigningKeyRow, plain: Buffer): boolean =>
  thumbprintOf(createPublicKey(createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }))) === kid;

const firstOf =
  (keyring: Keyring): Keyring =>
  (use) => [keyring(use)[0]];
