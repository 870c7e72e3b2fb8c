import { describe, expect, it, onTestFinished } from 'vitest';
import { chromiumPath, openChromium, watch } from '../support/chromium.ts';
import { openGraphiql, signInToGraphiql } from '../support/graphiql.ts';
import { startServer } from '../support/server.ts';

describe.skipIf(!chromiumPath)('A subscription in GraphiQL, in Chromium', { timeout: 60_000 }, () => {
  it('a subscription shows each event as it arrives, can be stopped, and ends with the token', async () => {
    const [server, chromium] = await Promise.all([startServer(), openChromium()]);
    onTestFinished(async () => {
      await chromium.close();
      await server.close();
    });
    const admin = await server.user({ superuser: true });
    const token = await server.accessToken({ user: admin, scopes: ['write'] });
    const context = await chromium.newContext();
    const page = await context.newPage();
    const seen = watch(page, server.config.issuer);
    await openGraphiql(context, server, page);
    await page.click('#scopes summary');
    await page.getByRole('checkbox', { name: /^audit / }).check();
    await signInToGraphiql(page, admin);

    const answer = page.locator('.result-window');
    const run = page.getByLabel('Execute query');
    const stop = page.getByLabel('Stop query');
    const start = async () => {
      const begun = page.waitForResponse((response) => response.headers()['content-type'] === 'text/event-stream');
      await run.click();
      await begun;
      await stop.waitFor();
    };
    const createUser = async (username: string) => {
      const created = await server.graphql(
        `mutation { createUser(input: { username: "${username}" }) { errors { code } } }`,
        token,
      );
      expect(created.body.data.createUser.errors).toEqual([]);
    };

    await page.getByLabel('New tab').click();
    await page.locator('[role=tab]').getByText('<untitled>').waitFor();
    await page.locator('.graphiql-query-editor').click();
    await page.keyboard.insertText('subscription Watch { auditEvent { kind detail } }');
    await start();
    for (const username of ['anna', 'berta']) {
      await createUser(username);
      await answer.getByText(`"${username}"`).waitFor();
    }
    await stop.click();
    await run.waitFor();
    expect(await answer.textContent()).toContain('"berta"');

    await start();
    const revocation = `{ clientId: "gatehouse-graphiql", userId: "${admin.id}" }`;
    await server.graphql(`mutation { revokeAuthorization(input: ${revocation}) { errors { code } } }`, token);
    await run.waitFor();
    await page.getByText('You have been signed out.').waitFor();
    expect(await page.textContent('#who')).toBe('Not signed in');
    expect(seen).toEqual({ elsewhere: [], complaints: [] });
  });
});
