import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { Gatehouse } from '../../src/process/serve.ts';
import { chromiumPath, openChromium, watch } from '../support/chromium.ts';
import { emptyDatabase, type TestDatabase } from '../support/database.ts';
import { grantScopesAndRerun, openGraphiql, passSignIn, runTab } from '../support/graphiql.ts';
import { startRoundRobin } from '../support/round-robin.ts';

const ADMIN = { username: 'olivia', password: 'a lantern at the gate' };

/** From an empty database to a token for an application, in the browser. Each test continues where the previous one ended. */
describe.skipIf(!chromiumPath)('The first steps of a new server, in Chromium', { timeout: 60_000 }, () => {
  let printed = '';
  let database: TestDatabase;
  let gatehouse: Gatehouse;
  let chromium: Browser;
  let page: Page;
  let application: Server;
  let arrived: URL;
  let seen: ReturnType<typeof watch>;
  const registered = { clientId: '', clientSecret: '', redirectUri: '' };

  beforeAll(async () => {
    database = await emptyDatabase();
    // Each node prints a link, and only the last one works.
    const out = (text: string) => {
      printed = text;
    };
    const config = loadConfig({ ...database.env, PORT: '0', LOG_LEVEL: 'silent' });
    gatehouse = await startRoundRobin(config, { out, log: pino({ level: 'silent' }) });
    application = createServer((request, response) => {
      if (request.url?.startsWith('/callback')) arrived = new URL(request.url, registered.redirectUri);
      response.end('Hello from the application');
    });
    await new Promise<void>((resolve) => {
      application.listen(0, '127.0.0.1', resolve);
    });
    registered.redirectUri = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
    chromium = await openChromium();
    page = await chromium.newPage();
    seen = watch(page, gatehouse.config.issuer);
  });

  afterAll(async () => {
    await chromium?.close();
    application?.close();
    await gatehouse?.close();
    await database?.remove();
  });

  const linkIn = (text: string): string => /http:\S+\/setup\?ticket=\S+/.exec(text)?.[0] ?? '';

  it('the printed set-up link creates the first administrator', async () => {
    await page.goto(linkIn(printed));
    expect(page.url()).toBe(`${gatehouse.config.issuer}/setup`);
    await page.getByLabel('Username').fill(ADMIN.username);
    await page.getByLabel('Password', { exact: false }).first().fill(ADMIN.password);
    await page.getByLabel('Confirm password').fill(ADMIN.password);
    await page.getByRole('button').click();
    await page.waitForURL((url) => url.pathname !== '/setup');
  });

  it('the set-up link works once', async () => {
    const another = await chromium.newContext();
    const second = await another.newPage();
    const response = await second.goto(linkIn(printed));
    expect(response?.status()).toBeGreaterThanOrEqual(400);
    expect(await second.getByRole('textbox').count()).toBe(0);
    await another.close();
  });

  it('the administrator signs in to GraphiQL', async () => {
    await page.context().clearCookies();
    await page.goto(`${gatehouse.config.issuer}/login`);
    await page.getByLabel('Username').fill(ADMIN.username);
    await page.getByLabel('Password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(`Hello, ${ADMIN.username}`).waitFor();

    await openGraphiql(page.context(), gatehouse, page);
    await passSignIn(page, '#sign-in');
    await page.getByText(ADMIN.username).waitFor();
    expect((await runTab(page, 0)).body).toMatchObject({ data: { viewer: { username: ADMIN.username } } });
  });

  it('the administrator registers an application there once the token may', async () => {
    expect(await runTab(page, 1)).toMatchObject({ status: 403 });
    const { body } = await grantScopesAndRerun(page);

    expect(body).toMatchObject({ data: { registerClient: { errors: [] } } });
    const { client, clientSecret } = (
      body as { data: { registerClient: { client: { clientId: string }; clientSecret: string } } }
    ).data.registerClient;
    expect(clientSecret).toMatch(/^gcs_/);
    Object.assign(registered, { clientId: client.clientId, clientSecret });
  });

  it('the application gets a code and redeems it for a token that identifies the user', async () => {
    const { issuer } = gatehouse.config;
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: registered.clientId,
      redirect_uri: registered.redirectUri,
      scope: 'openid profile',
      state: 'what-the-app-remembers',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    await page.goto(`${issuer}/oauth/authorize?${query}`);
    expect(await page.getByRole('heading').textContent()).toContain('My application');
    expect(await page.locator('main').textContent()).toContain('127.0.0.1');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Hello from the application').waitFor();
    expect(Object.fromEntries(arrived.searchParams)).toMatchObject({ state: 'what-the-app-remembers', iss: issuer });

    const answer = await fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${Buffer.from(`${registered.clientId}:${registered.clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: arrived.searchParams.get('code') ?? '',
        redirect_uri: registered.redirectUri,
        code_verifier: verifier,
      }),
    });
    const tokens = (await answer.json()) as { access_token: string };
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid profile' });

    const viewer = await fetch(`${issuer}/graphql`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokens.access_token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { username } }' }),
    });
    expect(await viewer.json()).toMatchObject({ data: { viewer: { username: ADMIN.username } } });
  });

  it('the browser makes no requests to other origins, except the redirect to the application', () => {
    const elsewhere = seen.elsewhere.filter((address) => !address.startsWith(new URL(registered.redirectUri).origin));
    expect({ elsewhere, complaints: seen.complaints }).toEqual({ elsewhere: [], complaints: [] });
  });
});
