import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeRequest, sentTo } from '../support/authorize.ts';
import { expectNothingWritten } from '../support/refusals.ts';
import { sharedServer, type TestServer } from '../support/server.ts';
import { signedIn } from '../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

it.each([
  ['HEAD', { method: 'HEAD' }],
  ['a prefetch', { headers: { 'Sec-Purpose': 'prefetch' } }],
  ['a prerender', { headers: { 'Sec-Purpose': 'prefetch;prerender' } }],
  ['a prefetch of an old browser', { headers: { Purpose: 'prefetch' } }],
] as const)('%s neither signs out nor issues a code', async (_, init) => {
  const client = await server.client();
  const { browser } = await signedIn(server);
  const path = codeRequest(client, { scope: 'read' });
  await browser.submit(await browser.get(path), {}, 'allow');
  const Cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  await expectNothingWritten(server, async () => {
    for (const target of [path, '/oauth/logout'])
      expect(
        (await server.request(target, { ...init, headers: { Cookie, ...('headers' in init ? init.headers : {}) } }))
          .status,
      ).toBe(204);
  });
  expect(sentTo(await browser.get(path))).toContain('code=');
});
