import { hmac, type Keyring, seal, unseal } from '../crypto/keyring.ts';
import { sameBytes } from '../crypto/secrets.ts';
import { Refusal } from './connection/refusal.ts';
import { type Sql, statement } from './connection/sql.ts';
import { findSigningKeys, resealSigningKey } from './signing-keys.ts';

const insertKeyCheck = statement<never>(
  'insert-key-check',
  'INSERT INTO key_checks (id, digest) VALUES (1, $1) ON CONFLICT (id) DO NOTHING',
);
const findKeyCheck = statement<{ digest: Uint8Array }>('find-key-check', 'SELECT digest FROM key_checks WHERE id = 1');
const moveKeyCheck = statement<never>(
  'move-key-check',
  'UPDATE key_checks SET digest = $1 WHERE id = 1 AND digest = $2',
);

/** Nothing has expired yet at this moment. */
const ALL = new Date(0);

const mark = (key: Buffer): Buffer => hmac(key, 'key-check');

/** True if any key of the ring left that mark. */
export const matchesKeyring = (keyring: Keyring, stored: Uint8Array): boolean =>
  keyring('key-check').some((key) => sameBytes(mark(key), stored));

/**
 * Refuses to serve a database whose secrets were derived from another SECRET_KEY: refresh tokens made there could not be
 * continued here. The first start leaves its mark; a mark of a later key of the list moves to the first.
 */
export async function checkKeys(sql: Sql, keyring: Keyring): Promise<void> {
  const [first] = keyring('key-check');
  const newest = mark(first);
  await sql(insertKeyCheck, [newest]);
  const [stored] = await sql(findKeyCheck, []);
  if (!stored || sameBytes(stored.digest, newest)) return;
  if (!matchesKeyring(keyring, stored.digest)) throw anotherKey();
  // Before the mark moves: from then on the node may start without the old key.
  await resealKeys(sql, keyring('signing-keys'));
  await sql(moveKeyCheck, [newest, stored.digest]);
}

/** The same refusal for whoever only looks: no mark is left or moved, and nothing sealed anew. */
export async function compareKeys(sql: Sql, keyring: Keyring): Promise<void> {
  const [stored] = await sql(findKeyCheck, []);
  if (stored && !matchesKeyring(keyring, stored.digest)) throw anotherKey();
}

const anotherKey = (): Refusal =>
  new Refusal(
    'SECRET_KEY is not the key this database was made with. Set the one it had; to change it, put the new key in front and keep the old one behind a comma.',
  );

async function resealKeys(sql: Sql, keys: ReturnType<Keyring>): Promise<void> {
  const [first, ...others] = keys;
  for (const { kid, private_key: sealed } of await findSigningKeys(sql, ALL)) {
    if (unseal(first, kid, sealed)) continue;
    const plain = others.map((key) => unseal(key, kid, sealed)).find((found) => found !== undefined);
    if (plain) await resealSigningKey(sql, kid, seal(keys, kid, plain), sealed);
  }
}
