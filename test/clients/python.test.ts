import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient, TestUser } from '../support/fixtures.ts';
import { approve, CALLBACK_URL } from '../support/real-clients.ts';
import { keepSecretsIn } from '../support/seen-secrets.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Debian's own, which has Debian's packages. */
const PYTHON = '/usr/bin/python3';

function isInstalled(module: string): boolean {
  const found = spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  if (!found) console.warn(`Tests of ${module} skipped: Debian's package of it is not installed here.`);
  return found;
}

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startServer();
  user = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
});
afterAll(() => server.close());

/** The script prints where to send the browser, reads where it came back to, and prints what it was told. */
async function signInBy(script: string, { clientId, secret }: TestClient) {
  const env = { CLIENT_SECRET: secret, OAUTHLIB_INSECURE_TRANSPORT: '1', AUTHLIB_INSECURE_TRANSPORT: '1' };
  const file = join(import.meta.dirname, script);
  const child = spawn(PYTHON, [file, server.config.issuer, clientId, CALLBACK_URL], { env });
  const said = text(child.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const address = (await lines.next()).value;
  if (address === undefined) throw new Error(await said);
  child.stdin.end(`${await approve(server, new URL(address), user)}\n`);
  const told = (await lines.next()).value;
  if (told === undefined) throw new Error(await said);
  keepSecretsIn(told);
  return JSON.parse(told);
}

describe('Python clients as Debian packages them', () => {
  it.skipIf(!isInstalled('authlib'))(
    'Authlib discovers, signs in with PKCE, verifies the ID token, refreshes, introspects and revokes',
    async () => {
      const told = await signInBy('sign-in-by-authlib.py', await server.client({ requirePkce: true }));
      const person = { sub: user.id, name: 'Ada Lovelace', email: user.email };
      expect(told).toMatchObject({ userinfo: person, refreshed: person, revoked: 401 });
      expect(told.claims).toMatchObject({ sub: user.id, iss: server.config.issuer });
      expect(told.introspected).toMatchObject({ active: true, sub: user.id, scope: 'openid profile email' });
    },
  );

  it.skipIf(!isInstalled('requests_oauthlib'))(
    'requests-oauthlib signs in, asks userinfo and the API, refreshes, and gets a token for itself',
    async () => {
      const told = await signInBy('sign-in-by-requests-oauthlib.py', await server.client());
      const viewer = { data: { viewer: { username: user.username } } };
      expect(told).toMatchObject({ userinfo: { sub: user.id }, graphql: viewer, refreshed: viewer });
      expect(told.scope.toSorted()).toEqual(['openid', 'profile', 'read']);
      expect(told.service).toEqual(['read']);
    },
  );
});
