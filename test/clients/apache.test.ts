import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { responseParams, signIn } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import type { TestClient, TestUser } from '../support/fixtures.ts';
import { sendRaw } from '../support/raw-http.ts';
import { send } from '../support/send.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { cookiesOf } from '../support/sessions.ts';

const MODULES = '/usr/lib/apache2/modules';
const installed = existsSync(`${MODULES}/mod_auth_openidc.so`);
if (!installed) console.warn('Apache tests skipped: libapache2-mod-auth-openidc is not installed.');

/** The configuration of a site with one protected location. A response header names the signed-in user. */
const site = (root: string, origin: string, issuer: string, { clientId, secret }: TestClient): string => `
ServerRoot ${root}
ServerName ${new URL(origin).host}
Listen ${new URL(origin).host}
User www-data
Group www-data
PidFile ${root}/pid
ErrorLog ${root}/error.log
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'dir', 'auth_openidc']
  .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
  .join('\n')}
DocumentRoot ${root}/site
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${secret}
OIDCRedirectURI ${origin}/members/callback
OIDCCryptoPassphrase "of the site only"
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username
<Location /members>
  AuthType openid-connect
  Require valid-user
  Header set X-User "%{OIDC_CLAIM_preferred_username}e %{OIDC_CLAIM_email}e %{OIDC_CLAIM_sub}e"
</Location>
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

describe.skipIf(!installed)('Apache with mod_auth_openidc, configured with metadata URL, client id and secret', () => {
  let server: TestServer;
  let user: TestUser;
  let root: string;
  let origin: string;
  let apache: ChildProcess;
  beforeAll(async () => {
    server = await startServer();
    user = await server.user();
    origin = `http://127.0.0.1:${await freePort()}`;
    const client = await server.client({
      grantTypes: ['authorization_code'],
      redirectUris: [`${origin}/members/callback`],
      postLogoutRedirectUris: [`${origin}/bye.html`],
      requirePkce: true,
    });
    root = await mkdtemp(join(tmpdir(), 'gatehouse-apache-'));
    await mkdir(join(root, 'site/members'), { recursive: true });
    await writeFile(join(root, 'site/members/index.html'), 'Members only');
    await writeFile(join(root, 'site/bye.html'), 'Bye');
    await writeFile(join(root, 'site.conf'), site(root, origin, server.config.issuer, client), { mode: 0o600 });
    // Readable with any umask, because Apache runs as another user.
    for (const path of ['', 'site', 'site/members']) await chmod(join(root, path), 0o755);
    for (const page of ['site/members/index.html', 'site/bye.html']) await chmod(join(root, page), 0o644);
    apache = spawn('/usr/sbin/apache2', ['-f', join(root, 'site.conf'), '-D', 'FOREGROUND'], { stdio: 'ignore' });
    const isUp = () => send(origin, new URL(origin).host, '/bye.html').then(({ status }) => status === 200);
    for (let tries = 0; !(await isUp().catch(() => false)); tries++) {
      if (tries > 400 || apache.exitCode !== null)
        throw new Error(await readFile(join(root, 'error.log'), 'utf8').catch(() => 'no log'));
      await pause(50);
    }
  });
  afterAll(async () => {
    if (apache?.exitCode === null) {
      apache.kill('SIGTERM');
      await once(apache, 'exit');
    }
    if (root) await rm(root, { recursive: true });
    await server.close();
  });

  const visitor = () => new Browser(origin, (path, init) => send(origin, new URL(origin).host, path, init));
  const pathOf = (address: string | undefined): string => {
    const { pathname, search } = new URL(address ?? '');
    return pathname + search;
  };

  it('Apache signs a user in, gets the claims, and signs the user out at Gatehouse as well', async () => {
    const [there, here] = [visitor(), server.browser()];
    const consent = await signIn(here, await here.get(pathOf((await there.get('/members/')).location)), user);
    const allowed = await here.submit(consent, {}, 'allow');
    const members = await there.get(pathOf(allowed.location));
    expect({
      status: members.status,
      html: members.html,
      log: await readFile(join(root, 'error.log'), 'utf8'),
    }).toMatchObject({
      status: 200,
      html: 'Members only',
    });
    expect(members.headers.get('X-User')).toBe(`${user.username} ${user.email} ${user.id}`);

    // OpenID Connect RP-Initiated Logout 1.0 §2: with the ID token as a hint there is no prompt.
    const leaving = await there.get(`/members/callback?logout=${encodeURIComponent(`${origin}/bye.html`)}`);
    const left = await here.get(pathOf(leaving.location));
    expect(left.location).toBe(`${origin}/bye.html`);
    expect((await there.get(pathOf(left.location))).html).toBe('Bye');

    const again = await there.get('/members/');
    expect(new URL((await here.get(pathOf(again.location))).url).pathname).toBe('/login');
  });

  it('a user who denies the request gets no access', async () => {
    const [there, here] = [visitor(), server.browser()];
    const denying = await server.user();
    const consent = await signIn(here, await here.get(pathOf((await there.get('/members/')).location)), denying);
    const denied = await here.submit(consent, {}, 'deny');
    expect(responseParams(denied.location ?? '')).toMatchObject({ error: 'access_denied', iss: server.config.issuer });
    // Apache sends two pages at once, which strict HTTP parsers refuse.
    const lines = [`GET ${pathOf(denied.location)} HTTP/1.1`, `Host: ${new URL(origin).host}`, 'Connection: close'];
    const received = await sendRaw(origin, `${[...lines, `Cookie: ${cookiesOf(there)}`].join('\r\n')}\r\n\r\n`);
    // Apache mistakes an error with `iss` (RFC 9207 §2) for a third-party initiated sign-in, so its message is not checked.
    expect(received).toContain('<title>Error</title>');
    expect(received).not.toContain('Members only');
    expect((await there.get('/members/')).location).toContain(`${server.config.issuer}/oauth/authorize`);
  });
});
