import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyring } from '../../../src/crypto/keyring.ts';
import { makeSigningKeys } from '../../../src/oauth/keys/signing-keys.ts';
import { codeRequest } from '../../support/authorize.ts';
import { emptyDatabase, type TestDatabase } from '../../support/database.ts';
import { jwksOf } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const [A, B] = ['one key that binds rows '.repeat(2), 'another that binds rows '.repeat(2)];

let home: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  home = await emptyDatabase();
  await restart();
});
afterAll(async () => {
  await server?.close();
  await home.remove();
});

async function restart(SECRET_KEY = A): Promise<void> {
  await server?.close();
  server = await startServer({ SECRET_KEY, ISSUER: 'http://localhost:4400' }, home);
}

const execute = (sql: string, values: unknown[] = []) => server.database.em().execute(sql, values);
const kids = async () => (await jwksOf(server)).keys.map(({ kid }) => kid ?? '').sort();

describe('Somebody who can write to the database, without SECRET_KEY', () => {
  it('cannot publish a key of their own, nor have it trusted, also after a start', async () => {
    const own = await kids();
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const client = await server.client();
    const claims = { iss: server.config.issuer, sub: 'usr_x', aud: client.clientId };
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const query = codeRequest(client, { scope: 'openid', prompt: 'none', id_token_hint: forged });
    const hint = async () => (await server.request(query)).headers.get('Location');
    const unknown = await hint();
    expect(unknown).toContain('No+user+is+signed+in');
    await execute(
      `INSERT INTO signing_keys (kid, algorithm, generation, public_key, private_key, created_at, signs_from, mac)
       SELECT ?, 'RS256', 99, ?::jsonb, '\\x00', now(), '2099-01-01', mac FROM signing_keys WHERE algorithm = 'RS256'`,
      [kid, JSON.stringify(jwk)],
    );
    for (const mac of ['mac', 'NULL']) {
      await execute(`UPDATE signing_keys SET mac = ${mac} WHERE kid = ?`, [kid]);
      await restart();
      expect(await kids()).toEqual(own);
      expect(await hint()).toBe(unknown);
    }
    await execute('DELETE FROM signing_keys WHERE kid = ?', [kid]);
  });

  it('cannot give a key other times, another public half, or more members', async () => {
    const own = await kids();
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const other = JSON.stringify(await exportJWK(publicKey));
    for (const [change, values, left] of [
      [`expires_at = '2099-01-01'`, [], own.length - 1],
      [`signs_from = '2000-01-01'`, [], own.length - 1],
      ['public_key = ?::jsonb', [other], own.length - 1],
      [`public_key = public_key || '{"x5u":"https://evil.example"}'`, [], own.length],
    ] as const) {
      await execute('CREATE TABLE IF NOT EXISTS kept_keys AS SELECT * FROM signing_keys');
      await execute(`UPDATE signing_keys SET ${change} WHERE algorithm = 'RS256'`, [...values]);
      // The keys are cached for ten seconds: another process would read them now.
      const published = await makeSigningKeys(server.database.sql, makeKeyring([A])).published(new Date());
      expect([change, published.length]).toEqual([change, left]);
      expect(JSON.stringify(published.map(({ jwk }) => jwk))).not.toContain('evil');
      await execute('DELETE FROM signing_keys');
      await execute('INSERT INTO signing_keys SELECT * FROM kept_keys');
    }
    await execute('DROP TABLE kept_keys');
    await restart();
    expect(await kids()).toEqual(own);
  });
});

describe('Keys of a version that had no MAC', () => {
  it('get it at the next start, and keep it when SECRET_KEY changes', async () => {
    const own = await kids();
    await execute('UPDATE signing_keys SET mac = NULL');
    for (const key of [A, `${B},${A}`, B]) {
      await restart(key);
      expect(await kids()).toEqual(own);
      expect(await execute('SELECT kid FROM signing_keys WHERE mac IS NULL')).toEqual([]);
    }
  });
});
