import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyring, seal, unseal } from '../../../src/crypto/keyring.ts';
import { issueCode } from '../../support/authorize.ts';
import { emptyDatabase, type TestDatabase } from '../../support/database.ts';
import { dumpOf } from '../../support/dump.ts';
import { jwksOf, verifyIdToken } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { exchange } from '../../support/token-forms.ts';

const [A, B] = ['one key that opens them '.repeat(2), 'another that opens them '.repeat(2)];

let home: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  home = await emptyDatabase();
  await restart(A);
});
afterAll(async () => {
  await server?.close();
  await home.remove();
});

async function restart(SECRET_KEY: string): Promise<void> {
  await server?.close();
  server = await startServer({ SECRET_KEY, ISSUER: 'http://localhost:4400' }, home);
}

describe('Private signing keys', () => {
  it('the database stores private keys sealed with SECRET_KEY, so that a copy of it reveals none', async () => {
    const dump = await dumpOf(server.database);
    for (const [algorithm, member] of [
      ['RSA PKCS #8', '300d06092a864886f70d0101010500'],
      ['EC PKCS #8', '301306072a8648ce3d020106082a8648ce3d030107'],
      ['Ed25519 PKCS #8', '302e020100300506032b6570'],
    ])
      expect([algorithm, dump.includes(member ?? '')]).toEqual([algorithm, false]);
    expect(dump).not.toMatch(/PRIVATE KEY|"d":|"d" *:/);
  });

  it('the same keys sign after SECRET_KEY changes from a to b,a and then to b', async () => {
    const client = await server.client();
    const newToken = async () =>
      (await server.token(exchange(await issueCode(server, client, { scope: 'openid' })), client)).body.id_token;
    const [before, published] = [await newToken(), await jwksOf(server)];
    for (const SECRET_KEY of [`${B},${A}`, B]) {
      await restart(SECRET_KEY);
      expect(await jwksOf(server)).toEqual(published);
      await verifyIdToken(server, client, before);
      await verifyIdToken(server, client, await newToken(), published);
    }
  });

  it('keys that cannot be unsealed are replaced at the next start, so that users can sign in', async () => {
    const old = (await jwksOf(server)).keys.map(({ kid }) => kid);
    await server.database.em().execute(`UPDATE signing_keys SET private_key = '\\x00', created_at = '2026-01-01'`);
    await restart(B);
    const client = await server.client();
    const { body } = await server.token(exchange(await issueCode(server, client, { scope: 'openid' })), client);
    const { kid } = await verifyIdToken(server, client, body.id_token);
    expect(old).not.toContain(kid);
  });
});

describe('Sealed values', () => {
  const [ring, other] = [makeKeyring([A])('signing-keys'), makeKeyring([B])('signing-keys')];
  const sealed = seal(ring, 'name', Buffer.from('a secret value'));

  it('a sealed value is opened with its key and name', () => {
    expect(unseal(ring[0], 'name', sealed)?.toString()).toBe('a secret value');
    expect(seal(ring, 'name', Buffer.from('a secret value'))).not.toEqual(sealed);
  });

  it('a sealed value is rejected with another key or name, or after a modification', () => {
    expect(unseal(other[0], 'name', sealed)).toBeUndefined();
    expect(unseal(makeKeyring([A])('csrf')[0], 'name', sealed)).toBeUndefined();
    expect(unseal(ring[0], 'another name', sealed)).toBeUndefined();
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(unseal(ring[0], 'name', changed)).toBeUndefined();
      expect(unseal(ring[0], 'name', sealed.subarray(0, at))).toBeUndefined();
    }
  });
});
