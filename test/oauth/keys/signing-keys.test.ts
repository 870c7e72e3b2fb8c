import { calculateJwkThumbprint } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeKeyring } from '../../../src/crypto/keyring.ts';
import {
  type KeyRotation,
  replaceSigningKeys,
  rotateSigningKeys,
  rotateSigningKeysByAge,
} from '../../../src/oauth/keys/signing-key-rotation.ts';
import { makeSigningKeys } from '../../../src/oauth/keys/signing-keys.ts';
import { sweep } from '../../../src/store/sweep.ts';
import { issueCode } from '../../support/authorize.ts';
import { emptyDatabase, type TestDatabase } from '../../support/database.ts';
import { jwksOf, verifyIdToken } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { exchange } from '../../support/token-forms.ts';

const SECRET_KEY = 'a separate key for this file that is long enough';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let home: TestDatabase;
let server: TestServer;
let start: number;
beforeAll(async () => {
  home = await emptyDatabase();
  server = await startServer({ SECRET_KEY }, home);
  start = Date.now();
});
afterAll(async () => {
  await server.close();
  await home.remove();
});
afterEach(() => vi.useRealTimers());

/** Stops the clock that long after the server start. Each test continues at the time of the one before. */
const at = (milliseconds: number): void => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(start + milliseconds);
};
const rotation = (): KeyRotation => ({
  sql: server.database.sql,
  keyring: makeKeyring([SECRET_KEY]),
  now: new Date(),
});
const kidsOf = async (): Promise<string[]> => (await jwksOf(server)).keys.map(({ kid }) => kid ?? '').sort();

async function idToken(client: { clientId: string; secret: string }): Promise<string> {
  const { body } = await server.token(exchange(await issueCode(server, client, { scope: 'openid' })), client);
  return body.id_token;
}

describe('RFC 7517 §5: GET /oauth/jwks', () => {
  it('the JWKS has one public key per algorithm with its thumbprint as kid, and may be cached', async () => {
    const response = await server.request('/oauth/jwks');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^application\/jwk-set\+json\b/);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    expect(response.headers.get('Set-Cookie')).toBeNull();
    expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
    const [, seconds] = /^public, max-age=(\d+)$/.exec(response.headers.get('Cache-Control') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(Number(seconds)).toBeLessThanOrEqual(3600);

    const { keys } = await response.json();
    // RS256 first, for clients that take the first key.
    expect(keys.map(({ alg, kty, use }: Record<string, string>) => [alg, kty, use])).toEqual([
      ['RS256', 'RSA', 'sig'],
      ['ES256', 'EC', 'sig'],
      ['EdDSA', 'OKP', 'sig'],
    ]);
    for (const key of keys) {
      expect(key.kid).toBe(await calculateJwkThumbprint(key));
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
  });
});

describe('Rotation of signing keys', () => {
  it('tokens signed before, during and after a rotation verify with the keys that a client has cached', async () => {
    const client = await server.client();
    const [before, kept] = [await idToken(client), await jwksOf(server)];
    const old = await kidsOf();

    at(MINUTE);
    const made = await rotateSigningKeys(rotation());
    expect(made.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'EdDSA', 'RS256']);
    at(2 * MINUTE);
    expect((await jwksOf(server)).keys[0]?.alg).toBe('RS256');
    expect(await kidsOf()).toEqual([...old, ...made.map(({ kid }) => kid)].sort());

    // The new keys are published but do not sign yet, so clients can still use their cached keys.
    at(50 * MINUTE);
    const during = await idToken(client);
    for (const token of [before, during]) {
      const { kid } = await verifyIdToken(server, client, token, kept);
      expect(old).toContain(kid);
    }

    const keptLater = await jwksOf(server);
    at(62 * MINUTE);
    const after = await idToken(client);
    const { kid } = await verifyIdToken(server, client, after, keptLater);
    expect(made.map((key) => key.kid)).toContain(kid);
    await verifyIdToken(server, client, during, keptLater);

    // The old keys are published until everything that they signed has expired.
    at(63 * MINUTE);
    await rotateSigningKeysByAge(rotation());
    at(63 * MINUTE + DAY / 48);
    await verifyIdToken(server, client, during);
    expect(await kidsOf()).toEqual(expect.arrayContaining(old));
    at(63 * MINUTE + DAY / 12);
    expect(await kidsOf()).toEqual(made.map((key) => key.kid).sort());
    // They are kept longer, because an ID token of a session that is still alive may come back as a hint.
    await sweep(server.database.sql, new Date(), { audit: DAY, grace: 0 });
    const keys = makeSigningKeys(server.database.sql, rotation().keyring);
    expect(await keys.verify(during, 'JWT', new Date())).toBeUndefined();
    expect(await keys.verifyWithRetiredKeys(during, 'JWT', new Date())).toMatchObject({ aud: client.clientId });
    expect(await keys.verifyWithRetiredKeys(during, 'at+jwt', new Date())).toBeUndefined();
    await sweep(server.database.sql, new Date(start + 402 * DAY), { audit: DAY, grace: 0 });
    expect(await server.database.em().execute('SELECT kid FROM signing_keys')).toHaveLength(3);
  });

  it('an old key is published until the last access token that it may have signed expires', async () => {
    at(DAY);
    const old = await kidsOf();
    const client = await server.client({ accessTokenTtl: 30 * 86_400 });
    await idToken(client);
    await rotateSigningKeys(rotation());
    at(DAY + 62 * MINUTE);
    await rotateSigningKeysByAge(rotation());
    at(30 * DAY);
    expect(await kidsOf()).toEqual(expect.arrayContaining(old));
    at(32 * DAY);
    expect(await kidsOf()).not.toEqual(expect.arrayContaining(old));
  });

  it('after 90 days each key gets one successor, even with many nodes', async () => {
    at(33 * DAY);
    const old = await kidsOf();
    expect(await rotateSigningKeysByAge(rotation())).toEqual([]);
    at(125 * DAY);
    const made = (await Promise.all(Array.from({ length: 5 }, () => rotateSigningKeysByAge(rotation())))).flat();
    expect(made.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'EdDSA', 'RS256']);
    at(125 * DAY + MINUTE);
    expect(await kidsOf()).toEqual([...old, ...made.map(({ kid }) => kid)].sort());
    expect(await rotateSigningKeysByAge(rotation())).toEqual([]);
  });

  it('replacing compromised keys takes effect at once, and nothing that they signed verifies', async () => {
    at(130 * DAY);
    const client = await server.client();
    const forged = await idToken(client);
    await verifyIdToken(server, client, forged);
    const made = await replaceSigningKeys(rotation());
    const keys = makeSigningKeys(server.database.sql, rotation().keyring);
    expect(await keys.verifyWithRetiredKeys(forged, 'JWT', new Date())).toBeUndefined();
    at(130 * DAY + MINUTE);
    expect(await kidsOf()).toEqual(made.map(({ kid }) => kid).sort());
    await expect(verifyIdToken(server, client, forged)).rejects.toThrow(/no applicable key/);
    await verifyIdToken(server, client, await idToken(client));
  });
});
