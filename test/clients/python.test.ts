import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient, TestUser } from '../support/fixtures.ts';
import { approve, CALLBACK_URL } from '../support/real-clients.ts';
import { keepSecretsIn } from '../support/seen-secrets.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Debian's Python, which has Debian's packages. */
const PYTHON = '/usr/bin/python3';

function isInstalled(module: string): boolean {
  const found = spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  if (!found) console.warn(`Tests of ${module} skipped: its Debian package is not installed.`);
  return found;
}

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startServer();
  user = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
});
afterAll(() => server.close());

/** Runs a script that prints the authorization URL, reads the redirect URI and prints its results. */
async function signInBy(script: string, { clientId, secret }: TestClient) {
  const env = { CLIENT_SECRET: secret, OAUTHLIB_INSECURE_TRANSPORT: '1', AUTHLIB_INSECURE_TRANSPORT: '1' };
  const file = join(import.meta.dirname, script);
  const child = spawn(PYTHON, [file, server.config.issuer, clientId, CALLBACK_URL], { env });
  const errors = text(child.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const address = (await lines.next()).value;
  if (address === undefined) throw new Error(await errors);
  child.stdin.end(`${await approve(server, new URL(address), user)}\n`);
  const output = (await lines.next()).value;
  if (output === undefined) throw new Error(await errors);
  keepSecretsIn(output);
  return JSON.parse(output);
}

describe('Python clients from Debian packages', () => {
  it.skipIf(!isInstalled('authlib'))(
    'Authlib discovers, signs in with PKCE, verifies the ID token, refreshes, introspects and revokes',
    async () => {
      const results = await signInBy('sign-in-by-authlib.py', await server.client({ requirePkce: true }));
      const claims = { sub: user.id, name: 'Ada Lovelace', email: user.email };
      expect(results).toMatchObject({ userinfo: claims, refreshed: claims, revoked: 401 });
      expect(results.claims).toMatchObject({ sub: user.id, iss: server.config.issuer });
      expect(results.introspected).toMatchObject({ active: true, sub: user.id, scope: 'openid profile email' });
    },
  );

  it.skipIf(!isInstalled('requests_oauthlib'))(
    'requests-oauthlib signs in, calls userinfo and the API, refreshes, and uses client credentials',
    async () => {
      const results = await signInBy('sign-in-by-requests-oauthlib.py', await server.client());
      const viewer = { data: { viewer: { username: user.username } } };
      expect(results).toMatchObject({ userinfo: { sub: user.id }, graphql: viewer, refreshed: viewer });
      expect(results.scope.toSorted()).toEqual(['openid', 'profile', 'read']);
      expect(results.service).toEqual(['read']);
    },
  );
});
