import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openChromium, watch } from '../support/chromium.ts';
import { grantScopesAndRerun, openGraphiql, passSignIn, runTab, signInToGraphiql } from '../support/graphiql.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Everything that a script, an extension or the next user of the computer could read. */
async function kept(page: Page): Promise<string> {
  // GraphiQL stores its state half a second after a change.
  await page.waitForTimeout(700);
  return page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state]),
  );
}

/** On one database only, because the browser does not depend on the database. */
describe.skipIf(!chromiumPath)('GraphiQL in Chromium', { timeout: 60_000 }, () => {
  let server: TestServer;
  let chromium: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    [server, chromium] = await Promise.all([startServer(), openChromium()]);
  });
  afterEach(() => context.close());
  afterAll(async () => {
    await chromium.close();
    await server.close();
  });

  async function open(at = server): Promise<Page> {
    context = await chromium.newContext();
    return openGraphiql(context, at);
  }

  it('the user signs in by code and PKCE, queries the viewer, and the page stores no token', async () => {
    const person = await server.user();
    context = await chromium.newContext();
    const page = await context.newPage();
    const { elsewhere, complaints } = watch(page, server.config.issuer);
    const headers: string[] = [];
    page.on('request', (request) => headers.push(request.headers().authorization ?? ''));
    await openGraphiql(context, server, page);
    await signInToGraphiql(page, person);
    const { body } = await runTab(page, 0);

    expect(body).toMatchObject({ data: { viewer: { username: person.username } } });
    expect(await page.textContent('#who')).toBe(person.username);
    expect(await page.textContent('#countdown')).toMatch(/^(60|59) min left$/);
    expect(headers.at(-1)).toMatch(/^Bearer gat_/);
    expect(await kept(page)).not.toMatch(/g(at|rt|ac|cs)_|bearer|verifier/i);
    expect({ elsewhere, complaints }).toEqual({ elsewhere: [], complaints: [] });
  });

  it('one button requests the missing scope in addition to the granted ones and repeats the operation', async () => {
    const page = await open();
    await signInToGraphiql(page, await server.user());
    expect(await runTab(page, 1)).toMatchObject({ status: 403 });
    expect(await page.textContent('#request-scopes')).toBe('Request clients and run again');

    const { body } = await grantScopesAndRerun(page);
    expect(await page.textContent('#chosen')).toBe('openid profile read clients');
    expect(body).toMatchObject({ data: { registerClient: { client: { name: 'My application' }, errors: [] } } });
    await page.locator('.result-window').getByText('"clientSecret"').waitFor();
    expect(await page.isVisible('#notice')).toBe(false);
    expect(await kept(page)).not.toMatch(/g(at|rt|ac|cs)_/);
  });

  it('the sign-in requests the ticked scopes', async () => {
    const page = await open();
    await page.click('#scopes summary');
    await page.getByRole('checkbox', { name: /^audit / }).check();
    await page.getByRole('checkbox', { name: /^read / }).uncheck();
    await signInToGraphiql(page, await server.user());
    expect(await page.textContent('#chosen')).toBe('openid profile audit');
  });

  it('GraphiQL reports that the sign-in was denied', async () => {
    const page = await open();
    await passSignIn(page, '#sign-in', { user: await server.user(), decision: 'Deny' });
    await page.getByText('Access was denied.').waitFor();
    expect(await page.textContent('#who')).toBe('Not signed in');
  });

  it('GraphiQL shows a link if the browser blocks the window', async () => {
    const page = await open();
    await page.evaluate(() => {
      window.open = () => null;
    });
    await page.click('#sign-in');
    await passSignIn(page, '#notice a', { user: await server.user() });
    await page.waitForSelector('.who.signed-in');
  });

  it('GraphiQL links to the issuer if the page was opened under another loopback name', async () => {
    context = await chromium.newContext();
    const page = await context.newPage();
    await page.goto(`${server.config.issuer.replace('localhost', '127.0.0.1')}/graphiql`);
    expect(await page.locator('#notice a').getAttribute('href')).toBe(`${server.config.issuer}/graphiql`);
    expect(await page.isDisabled('#sign-in')).toBe(true);
  });

  it('RFC 6749 §10.12, RFC 9207 §2.4: GraphiQL ignores a response with another state and discards one from another issuer', async () => {
    const page = await open();
    const exchanges: string[] = [];
    page.on('request', (request) => request.url().endsWith('/oauth/token') && exchanges.push(request.url()));
    const [request] = await Promise.all([
      context.waitForEvent('request', (candidate) => candidate.url().includes('/oauth/authorize?')),
      page.click('#sign-in'),
    ]);
    const state = new URL(request.url()).searchParams.get('state');
    const intruder = await context.newPage();
    await intruder.goto(`${server.config.issuer}/login`);
    const say = (answer: object) =>
      intruder.evaluate((data) => new BroadcastChannel('gatehouse-graphiql').postMessage(data), {
        kind: 'response',
        code: 'gac_x',
        ...answer,
      });

    await say({ state: 'guessed', iss: server.config.issuer });
    await say({ state, iss: 'https://elsewhere.example' });
    await page.getByText('The response came from a different issuer').waitFor();
    await say({ state, iss: server.config.issuer });
    expect(exchanges).toEqual([]);
    expect(await page.textContent('#who')).toBe('Not signed in');
  });

  it('the callback page says when no window waits for it, and clears its URL', async () => {
    context = await chromium.newContext();
    const page = await context.newPage();
    await page.goto(`${server.config.issuer}/graphiql/callback?code=gac_lost&state=nobodys`);
    await page.getByText('No GraphiQL window is waiting').waitFor();
    expect(page.url()).toBe(`${server.config.issuer}/graphiql/callback`);
  });

  it('the user is signed out when the token ends', async () => {
    const short = await startServer({ ACCESS_TOKEN_TTL: '2' });
    try {
      const page = await open(short);
      await signInToGraphiql(page, await short.user());
      await page.getByText('You have been signed out.').waitFor();
      expect(await page.textContent('#who')).toBe('Not signed in');
    } finally {
      await context.close();
      await short.close();
    }
  });

  it('the schema is shown after sign-in if strangers may not see it', async () => {
    const production = await startServer({ NODE_ENV: 'production' });
    try {
      const page = await open(production);
      const shown = page.waitForResponse(
        async (response) =>
          response.url().endsWith('/graphql') &&
          response.status() === 200 &&
          (await response.text()).includes('"__schema"'),
      );
      await signInToGraphiql(page, await production.user());
      expect((await shown).request().headers().authorization).toMatch(/^Bearer gat_/);
      await page.getByLabel('Show Documentation Explorer').click();
      await page.getByText('viewer').first().waitFor();
    } finally {
      await context.close();
      await production.close();
    }
  });
});
