import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chromiumPath, openChromium, watch } from '../support/chromium.ts';
import { openGraphiql } from '../support/graphiql.ts';
import { startServer } from '../support/server.ts';

/** Presses Tab until the element of `selector`, or one inside it, has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.closest(wanted) != null, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${selector}`);
}

/** Presses Enter on the focused element, which opens the sign-in window. */
async function popupOf(page: Page): Promise<Page> {
  const [popup] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
  await popup.waitForLoadState();
  return popup;
}

async function allow(popup: Page): Promise<void> {
  await popup.getByRole('button', { name: 'Allow' }).waitFor();
  const closed = popup.waitForEvent('close');
  await tabTo(popup, 'button[value=allow]');
  await popup.keyboard.press('Enter');
  await closed;
}

describe.skipIf(!chromiumPath)('GraphiQL in Chromium, by keyboard only', { timeout: 60_000 }, () => {
  it('the user signs in, registers a client with a token that may, and signs out', async () => {
    const [server, chromium] = await Promise.all([startServer(), openChromium()]);
    onTestFinished(async () => {
      await chromium.close();
      await server.close();
    });
    const person = await server.user();
    const context = await chromium.newContext();
    const page = await context.newPage();
    const seen = watch(page, server.config.issuer);
    await openGraphiql(context, server, page);

    await tabTo(page, '#sign-in');
    const popup = await popupOf(page);
    await tabTo(popup, '[name=username]');
    await popup.keyboard.type(person.username);
    await tabTo(popup, '[name=password]');
    await popup.keyboard.type(person.password);
    await popup.keyboard.press('Enter');
    await allow(popup);
    await page.waitForSelector('.who.signed-in');

    await tabTo(page, '#graphiql-session-tab-1');
    await page.keyboard.press('Enter');
    await page.locator('.graphiql-query-editor').getByText('RegisterClient').first().waitFor();
    await tabTo(page, '.graphiql-query-editor');
    await page.keyboard.press('Control+Enter');
    await page.locator('#request-scopes').waitFor();
    await page.keyboard.press('Escape');
    await tabTo(page, '#request-scopes');
    await allow(await popupOf(page));
    await page.locator('.result-window').getByText('"clientSecret"').waitFor();

    // The editor has the focus again, as after every run.
    await page.keyboard.press('Escape');
    await tabTo(page, '#sign-out');
    await page.keyboard.press('Enter');
    await page.getByText('The token was revoked.').waitFor();
    expect(seen).toEqual({ elsewhere: [], complaints: [] });
  });
});
