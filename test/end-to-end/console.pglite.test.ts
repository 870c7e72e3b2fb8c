import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openChromium, watch } from '../support/chromium.ts';
import {
  grantScopesAndRerun,
  openGraphiql,
  openTab,
  passSignIn,
  runTab,
  signInToGraphiql,
} from '../support/graphiql.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** The bar that Gatehouse adds to GraphiQL. On one database only, because the browser does not depend on it. */
describe.skipIf(!chromiumPath)('GraphiQL as the console, in Chromium', { timeout: 60_000 }, () => {
  let server: TestServer;
  let chromium: Browser;
  let context: BrowserContext;
  let page: Page;
  let seen: ReturnType<typeof watch>;
  /** The tokens the page has used, in order. */
  let tokens: string[];

  beforeAll(async () => {
    [server, chromium] = await Promise.all([startServer(), openChromium()]);
  });
  afterEach(async () => {
    await context.close();
    // CSP violations are also console errors.
    expect(seen).toEqual({ elsewhere: [], complaints: [] });
  });
  afterAll(async () => {
    await chromium.close();
    await server.close();
  });

  async function open(at = server): Promise<void> {
    context = await chromium.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    page = await context.newPage();
    seen = watch(page, at.config.issuer);
    tokens = [];
    page.on('request', (request) => {
      const token = /^Bearer (.+)/.exec(request.headers().authorization ?? '')?.[1];
      if (token && token !== tokens.at(-1)) tokens.push(token);
    });
    await openGraphiql(context, at, page);
  }

  const statusOf = async (token: string | undefined): Promise<number> =>
    (await server.graphql('{ token { scopes } }', token)).status;

  it('signing out revokes the token, and requests then have none', async () => {
    await open();
    await signInToGraphiql(page, await server.user());
    await runTab(page, 0);
    expect(await statusOf(tokens[0])).toBe(200);

    await page.click('#sign-out');
    await page.getByText('The token was revoked.').waitFor();
    expect(await statusOf(tokens[0])).toBe(401);
    expect(await runTab(page, 0)).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await page.textContent('#notice')).toContain('press “Sign in”');
  });

  it('a token with more scopes revokes the token it replaces', async () => {
    await open();
    await signInToGraphiql(page, await server.user());
    await runTab(page, 1);
    await grantScopesAndRerun(page);
    const [first, second] = tokens;
    await expect.poll(() => statusOf(first)).toBe(401);
    expect(await statusOf(second)).toBe(200);
  });

  it('an operation that was edited meanwhile is not run again', async () => {
    await open();
    await signInToGraphiql(page, await server.user());
    await runTab(page, 1);
    await page.locator('.graphiql-query-editor .view-line').first().click();
    await page.keyboard.type('# not this ');
    await passSignIn(page, '#request-scopes');
    await page.getByText('The editor has changed since').waitFor();
    expect(await page.textContent('.result-window')).toContain('INSUFFICIENT_SCOPE');
  });

  it('GraphiQL reports scopes that were not granted and runs nothing', async () => {
    await open();
    await signInToGraphiql(page, await server.user());
    await runTab(page, 1);
    const [popup] = await Promise.all([context.waitForEvent('page'), page.click('#request-scopes')]);
    await popup.getByRole('checkbox', { name: /clients/ }).uncheck();
    await popup.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('The scope clients was not granted.').waitFor();
    expect(await page.textContent('.result-window')).toContain('INSUFFICIENT_SCOPE');
  });

  it('in production GraphiQL shows a badge and asks for confirmation before it sends a mutation', async () => {
    const production = await startServer({ NODE_ENV: 'production' });
    try {
      await open(production);
      expect(await page.locator('.production').isVisible()).toBe(true);
      await signInToGraphiql(page, await production.user());
      await runTab(page, 0);
      expect(await page.locator('#confirm').isVisible()).toBe(false);

      const sent: string[] = [];
      page.on('request', (request) => sent.push(request.postData() ?? ''));
      await openTab(page, 1);
      await page.click('.graphiql-execute-button');
      await page.getByText('Run RegisterClient in production?').waitFor();
      // Cancel has the focus, so Enter cancels.
      await page.keyboard.press('Enter');
      await page.locator('.result-window').getByText('Cancelled: the operation was not sent.').waitFor();
      await page.click('.graphiql-execute-button');
      await page.keyboard.press('Escape');
      await page.locator('#confirm').waitFor({ state: 'hidden' });
      expect(sent.filter((body) => body.includes('registerClient'))).toEqual([]);

      await page.click('.graphiql-execute-button');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.locator('.result-window').getByText('INSUFFICIENT_SCOPE').waitFor();
      expect(sent.filter((body) => body.includes('registerClient'))).toHaveLength(1);
    } finally {
      await context.close();
      await production.close();
    }
  });

  it('documentation, completion and explorer grey out what the token may not do and say why', async () => {
    await open();
    const greyed = page.locator('[data-refused]');
    await page.getByLabel('Show Documentation Explorer').click();
    await page.getByText('Mutation', { exact: true }).first().click();
    await page.locator('.graphiql-doc-explorer-title').waitFor();
    expect(await greyed.count()).toBe(0);

    await signInToGraphiql(page, await server.user());
    const reasonOf = (field: string) =>
      page
        .locator('.graphiql-doc-explorer-item')
        .filter({ has: page.getByText(field, { exact: true }) })
        .getAttribute('data-refused');
    await greyed.first().waitFor();
    expect(await reasonOf('registerClient')).toBe('needs clients');
    expect(await reasonOf('createGroup')).toBe('needs write groups');

    await page.locator('.graphiql-query-editor .view-line').nth(5).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Space');
    const row = (field: string) => page.locator('.suggest-widget .monaco-list-row').filter({ hasText: field });
    await row('auditEvents').getByText('needs audit').waitFor();
    expect(await row('users').textContent()).not.toContain('needs');

    await page.keyboard.press('Escape');
    await page.getByLabel('Show GraphiQL Explorer').click();
    await page.locator('[data-field-name=auditEvents][data-refused="needs audit"]').waitFor();
    expect(await page.locator('[data-field-name=users][data-refused]').count()).toBe(0);

    await page.click('#sign-out');
    await expect.poll(() => greyed.count()).toBe(0);
  });

  it('GraphiQL copies the operation as a curl command without the token', async () => {
    await open();
    await signInToGraphiql(page, await server.user());
    await runTab(page, 0);
    await page.click('#curl');
    await page.getByText('Copied.').waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toContain(`curl '${server.config.issuer}/graphql'`);
    expect(command).toContain('-H "Authorization: Bearer $TOKEN"');
    expect(command).toContain('query WhoAmI');
    expect(command).not.toMatch(/gat_/);
  });

  it('GraphiQL keeps its tabs after a reload and opens no others', async () => {
    await open();
    const names = () => page.locator('[role=tab] > button:first-of-type').allTextContents();
    const those = ['WhoAmI', 'RegisterClient', 'CreateUser', 'Groups', 'LastSignIns'];
    await openTab(page, 3);
    expect(await names()).toEqual(those);
    // GraphiQL stores its state half a second after a change.
    await page.waitForTimeout(700);
    await page.reload();
    await page.locator('.graphiql-query-editor').getByText('Groups').first().waitFor();
    expect(await names()).toEqual(those);
  });

  it('GraphiQL and its editor turn dark with the system while the page is open', async () => {
    await open();
    const colour = () =>
      page
        .locator('.graphiql-query-editor .mtk1, .graphiql-query-editor .view-line span span')
        .first()
        .evaluate((span) => getComputedStyle(span).color);
    const light = await colour();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(colour).not.toBe(light);
  });
});
