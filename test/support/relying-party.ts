import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { codeRequest, responseParams, sentTo, signIn } from './authorize.ts';
import type { Browser } from './browser.ts';
import type { TestClient, TestUser } from './fixtures.ts';
import { keepSecret } from './seen-secrets.ts';
import type { TestServer } from './server.ts';
import { exchange } from './token-forms.ts';

/** An app's own web server, which records the requests it receives. */
export interface RelyingParty {
  readonly uri: string;
  readonly received: readonly { readonly method: string; readonly type: string; readonly body: URLSearchParams }[];
  /** Sets the response to later requests. */
  respondWith(status: number, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

export async function relyingParty(): Promise<RelyingParty> {
  const received: { method: string; type: string; body: URLSearchParams }[] = [];
  let [status, headers]: [number, Record<string, string>] = [200, {}];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({
        method: `${request.method} ${request.url}`,
        type: request.headers['content-type'] ?? '',
        body: new URLSearchParams(body),
      });
      response.writeHead(status, headers).end('ignored');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    received,
    respondWith(next, more = {}) {
      [status, headers] = [next, more];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Signs `user` in to an app with OpenID Connect, in this browser. Returns the tokens of the app. */
export async function signInTo(
  server: TestServer,
  client: TestClient,
  user: TestUser,
  browser: Browser = server.browser(),
  scope = 'openid',
): Promise<{ browser: Browser; idToken: string; accessToken: string; refreshToken: string }> {
  let page = await browser.get(codeRequest(client, { scope }));
  if (page.html.includes('name="password"')) page = await signIn(browser, page, user);
  const { code = '' } = responseParams(
    sentTo(page.location === undefined ? await browser.submit(page, {}, 'allow') : page),
  );
  const { status, body } = await server.token(exchange(code), client);
  if (status !== 200) throw new Error(JSON.stringify(body));
  keepSecret(body.id_token);
  return { browser, idToken: body.id_token, accessToken: body.access_token, refreshToken: body.refresh_token };
}
