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

/** Everything by the keyboard: no pointer is ever used, and no script runs. */
describe.skipIf(!chromiumPath)('The account page in Chromium, by keyboard alone', { timeout: 60_000 }, () => {
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

  /** What has the focus, as a person hears it. */
  const focused = () => page.locator(':focus');

  /** Goes on by Tab until it has the focus. */
  async function tabTo(wanted: Locator): Promise<void> {
    for (let steps = 0; steps < 60; steps++) {
      await page.keyboard.press('Tab');
      if ((await focused().and(wanted).count()) > 0) return expect(focused().isVisible()).resolves.toBe(true);
    }
    throw new Error('Tab never came to it');
  }

  /** Presses the button of that name, and waits for the page that follows. */
  async function press(name: RegExp, then: string): Promise<void> {
    await tabTo(page.getByRole('button', { name }));
    await page.keyboard.press('Enter');
    await page.waitForSelector(then);
  }

  it('signs in', async () => {
    await page.goto(`${gatehouse.config.issuer}/account`);
    await page.keyboard.type(user.username);
    await tabTo(page.getByLabel('Password'));
    await page.keyboard.type(user.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Your account');
  });

  it('changes the name', async () => {
    await tabTo(page.getByLabel('First name'));
    await page.keyboard.type('Ada');
    await press(/Save name/, '[role=status]');
    expect(await page.getByRole('status').textContent()).toContain('Your name is saved.');
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada');
  });

  it('changes the password, and is told first what was wrong', async () => {
    for (const [current, then] of [
      ['quite wrong', '[role=alert]'],
      [user.password, '[role=status]'],
    ] as const) {
      // After a mistake the field is there to be typed into: nobody has to look for it.
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

  it('ends another session', async () => {
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

  it.each(['light', 'dark'] as const)('fits a phone in %s colours: nothing to scroll sideways', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const box = await page.locator('main').boundingBox();
    expect((box?.width ?? 999) <= 360 && (box?.x ?? -1) >= 0).toBe(true);
    for (const button of await page.getByRole('button').all())
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  });

  it('asked nobody else for anything, and complained of nothing', () => {
    expect(seen.elsewhere).toEqual([]);
    expect(seen.complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([]);
  });
});
