import { pino } from 'pino';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { Gatehouse } from '../../src/process/serve.ts';
import { chromiumPath, openChromium, watch } from '../support/chromium.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { withEm } from '../support/database-with-em.ts';
import { registerTestUser, type TestUser } from '../support/fixtures.ts';
import { startRoundRobin } from '../support/round-robin.ts';

const NEW = 'a lantern for the night';

/** Uses only the keyboard, with scripts disabled. */
describe.skipIf(!chromiumPath)('The account page in Chromium, by keyboard only', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let gatehouse: Gatehouse;
  let chromium: Browser;
  let page: Page;
  let user: TestUser;
  let seen: ReturnType<typeof watch>;

  beforeAll(async () => {
    database = await migratedDatabase();
    const config = loadConfig({ ...database.env, PORT: '0', LOG_LEVEL: 'silent' });
    gatehouse = await startRoundRobin(config, { out: () => {}, log: pino({ level: 'silent' }) });
    user = await registerTestUser(withEm(gatehouse.database), {});
    chromium = await openChromium();
    const context = await chromium.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    page = await context.newPage();
    seen = watch(page, gatehouse.config.issuer);
  });
  afterAll(async () => {
    await chromium?.close();
    await gatehouse?.close();
    await database?.remove();
  });

  /** The focused element as a screen reader announces it. */
  const focused = () => page.locator(':focus');

  /** Presses Tab until the element has the focus. */
  async function tabTo(wanted: Locator): Promise<void> {
    for (let steps = 0; steps < 60; steps++) {
      await page.keyboard.press('Tab');
      if ((await focused().and(wanted).count()) > 0) return expect(focused().isVisible()).resolves.toBe(true);
    }
    throw new Error('Tab never came to it');
  }

  /** Presses the button and waits for the next page. */
  async function press(name: RegExp, then: string): Promise<void> {
    await tabTo(page.getByRole('button', { name }));
    await page.keyboard.press('Enter');
    await page.waitForSelector(then);
  }

  it('the user signs in', async () => {
    await page.goto(`${gatehouse.config.issuer}/account`);
    await page.keyboard.type(user.username);
    await tabTo(page.getByLabel('Password'));
    await page.keyboard.type(user.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Your account');
  });

  it('the user changes their name', async () => {
    await tabTo(page.getByLabel('First name'));
    await page.keyboard.type('Ada');
    await press(/Save name/, '[role=status]');
    expect(await page.getByRole('status').textContent()).toContain('Your name is saved.');
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada');
  });

  it('the user changes the password after correcting an error', async () => {
    for (const [current, then] of [
      ['quite wrong', '[role=alert]'],
      [user.password, '[role=status]'],
    ] as const) {
      // After an error the first field has the focus, so that the user can type at once.
      if (then === '[role=alert]') await tabTo(page.locator('#current-password'));
      else expect(await page.locator('#current-password:focus').count()).toBe(1);
      await page.keyboard.type(current);
      await tabTo(page.getByLabel('New password'));
      await page.keyboard.type(NEW);
      await tabTo(page.getByLabel('Confirm password'));
      await page.keyboard.type(NEW);
      await press(/Change password/, then);
    }
    expect(await page.getByRole('status').textContent()).toContain('Your password is changed.');
  });

  it('the user ends another session', async () => {
    const other = await chromium.newContext();
    const there = await other.newPage();
    await there.goto(`${gatehouse.config.issuer}/login`);
    await there.getByLabel('Username').fill(user.username);
    await there.getByLabel('Password').fill(NEW);
    await there.getByRole('button', { name: 'Sign in' }).click();
    await there.getByText('Hello, ').waitFor();
    await page.goto(`${gatehouse.config.issuer}/account`);
    await press(/Sign out Chrome on Linux/, '[role=status]');
    await there.goto(`${gatehouse.config.issuer}/account`);
    expect(new URL(there.url()).pathname).toBe('/login');
    await other.close();
  });

  it.each(['light', 'dark'] as const)(
    'the page fits a phone in %s colours without horizontal scrolling',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const box = await page.locator('main').boundingBox();
      expect((box?.width ?? 999) <= 360 && (box?.x ?? -1) >= 0).toBe(true);
      for (const button of await page.getByRole('button').all())
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    },
  );

  it('the page makes no requests to other origins and logs no errors', () => {
    expect(seen.elsewhere).toEqual([]);
    expect(seen.complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([]);
  });
});
