import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openChromium } from '../support/chromium.ts';
import type { TestUser } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

const library = readFileSync(
  new URL('../../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url),
);

/** A single-page app: every path returns the same page, except the script of the library. */
function startApp(page: () => string): Promise<Server> {
  const app = createServer((request, response) => {
    const script = request.url === '/oidc-client-ts.js';
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    response.end(script ? library : page());
  });
  return new Promise((resolve) => app.listen(0, '127.0.0.1', () => resolve(app)));
}

/** On one database only, because the browser does not depend on the database. */
describe.skipIf(!chromiumPath)('oidc-client-ts in Chromium', { timeout: 60_000 }, () => {
  let server: TestServer;
  let chromium: Browser;
  let app: Server;
  let origin: string;
  let clientId: string;

  beforeAll(async () => {
    [server, chromium] = await Promise.all([startServer(), openChromium()]);
    app = await startApp(
      () => `<!doctype html><script src="/oidc-client-ts.js"></script><script>
        const manager = new oidc.UserManager(${JSON.stringify({
          ...{ authority: server.config.issuer, client_id: clientId, redirect_uri: `${origin}/cb` },
          ...{
            silent_redirect_uri: `${origin}/silent`,
            popup_redirect_uri: `${origin}/popup`,
            scope: 'openid profile offline_access',
            loadUserInfo: true,
          },
        })});
        const showUser = (work) => work.then((user) => { document.title = JSON.stringify(user ? user.profile : null); },
          (error) => { document.title = 'failed: ' + error; });
        if (location.pathname === '/popup') manager.signinPopupCallback();
        if (location.pathname === '/cb') showUser(manager.signinRedirectCallback());
      </script>`,
    );
    origin = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    ({ clientId } = await server.client({
      tokenEndpointAuthMethod: 'none',
      requirePkce: true,
      redirectUris: [`${origin}/cb`, `${origin}/popup`],
      grantTypes: ['authorization_code', 'refresh_token'],
    }));
  });
  afterAll(async () => {
    await chromium.close();
    app.close();
    await server.close();
  });

  const title = async (page: Page): Promise<string> => {
    await page.waitForFunction(() => document.title !== '' && !document.title.startsWith('S'));
    return page.title();
  };

  it('the library signs in from a page of another origin with PKCE and userinfo, and renews its tokens itself', async () => {
    const person = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
    const page = await (await chromium.newContext()).newPage();
    await page.goto(origin);
    // The page is replaced meanwhile, so that no result can be awaited.
    await page.evaluate('void setTimeout(() => manager.signinRedirect())');
    await page.fill('#username', person.username);
    await page.fill('#password', person.password);
    await page.click('button[type=submit]');
    await page.click('button[value=allow]');
    await page.waitForURL(`${origin}/cb**`);
    expect(JSON.parse(await title(page))).toMatchObject({ sub: person.id, name: 'Ada Lovelace' });

    const renewed = await page.evaluate(
      'manager.getUser().then((before) => manager.signinSilent().then((after) => [before.profile.sub, after.profile.sub, before.access_token !== after.access_token]))',
    );
    expect(renewed).toEqual([person.id, person.id, true]);
  });

  it('signs in in a pop-up, which returns its callback to the page and closes, also after a change of accounts', async () => {
    const [first, second] = [await server.user(), await server.user()];
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.goto(origin);
    const signInInPopup = async (): Promise<Page> => {
      const [popup] = await Promise.all([
        context.waitForEvent('page'),
        page.evaluate("document.title = ''; void showUser(manager.signinPopup({ prompt: 'consent' }))"),
      ]);
      return popup;
    };
    const signIn = async (popup: Page, { username, password }: TestUser): Promise<void> => {
      await popup.fill('#username', username);
      await popup.fill('#password', password);
      await popup.click('button[type=submit]');
    };
    const allow = (popup: Page) => Promise.all([popup.waitForEvent('close'), popup.click('button[value=allow]')]);

    const popup = await signInInPopup();
    await signIn(popup, first);
    await allow(popup);
    expect(JSON.parse(await title(page))).toMatchObject({ sub: first.id });

    const again = await signInInPopup();
    await again.click('a[href^="/logout"]');
    await again.click('button[type=submit]');
    await signIn(again, second);
    await allow(again);
    expect(JSON.parse(await title(page))).toMatchObject({ sub: second.id });
  });
});
