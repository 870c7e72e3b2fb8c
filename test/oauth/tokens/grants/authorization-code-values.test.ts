import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCode } from '../../../support/authorize.ts';
import type { TestClient } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { expectNothingWritten } from '../../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';
import { bearerStatus, exchange, tokenPair } from '../../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
});
afterAll(() => server.close());

/** Sends the form; it must be refused so, and leave the code as good as it was. */
async function refuse(form: Record<string, string> | string, status: number, error: string): Promise<void> {
  await expectNothingWritten(server, async () =>
    expectTokenError(await server.token(new URLSearchParams(form), client), status, error),
  );
}

/** Another last character but one, so that the checksum cannot be right. */
const changed = (code: string): string => code.slice(0, -2) + (code.at(-2) === 'x' ? 'y' : 'x') + code.at(-1);

describe('RFC 6749 §4.1.3: redirect_uri at the exchange', () => {
  it('D62: left out, where one was sent at authorize, of a code without PKCE: invalid_request, and the code lives', async () => {
    const code = await issueCode(server, client);
    const { redirect_uri, ...without } = exchange(code);
    await refuse(without as Record<string, string>, 400, 'invalid_request');
    await refuse(exchange(code, { redirect_uri: '' }), 400, 'invalid_request');
    expect((await server.token(exchange(code, { redirect_uri: redirect_uri ?? '' }), client)).status).toBe(200);
  });

  it('D62: another one than was sent is invalid_grant, be it registered or almost the same', async () => {
    const code = await issueCode(server, client);
    for (const redirect_uri of [
      'https://client.example/cb/',
      'https://client.example:443/cb',
      'https://evil.example/',
      'x\0',
    ])
      await refuse(exchange(code, { redirect_uri }), 400, 'invalid_grant');
  });
});

describe('RFC 6749 §10.10: a code that is nobody’s', () => {
  it.each<[string, (code: string) => string]>([
    ['one character changed', changed],
    ['in capitals', (code) => code.toUpperCase()],
    ['a blank behind', (code) => `${code} `],
    ['a blank before', (code) => ` ${code}`],
    ['a line break behind', (code) => `${code}\n`],
    ['a NUL behind', (code) => `${code}\0`],
    ['a NUL alone', () => '\0'],
    ['beyond ASCII', () => 'é€😀'],
    ['one that the checksum fits, never issued', () => 'gac_0000000000000000000000000000000000000000000000000000'],
    ['30 KB', (code) => code + 'x'.repeat(30_000)],
    ['SQL', () => "' OR 1=1 --"],
    ['an object', () => '{"$ne":null}'],
  ])('D64: %s: invalid_grant, and the true one is still good', async (_, wrong) => {
    const code = await issueCode(server, client);
    await refuse(exchange(wrong(code)), 400, 'invalid_grant');
    expect((await server.token(exchange(code), client)).status).toBe(200);
  });

  it('D64: 100 KB are too much to read', async () =>
    refuse(exchange(`gac_${'x'.repeat(100_000)}`), 413, 'invalid_request'));

  it('D64: tokens and secrets are no codes', async () => {
    const pair = await tokenPair(server, client);
    for (const wrong of [pair.access_token, pair.refresh_token, client.secret])
      await refuse(exchange(wrong), 400, 'invalid_grant');
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
  });
});

describe('RFC 6749 §3.2: a parameter comes once, under its own name', () => {
  const codeless = 'grant_type=authorization_code&redirect_uri=https%3A%2F%2Fclient.example%2Fcb';

  it.each([
    'code=CODE&code=x',
    'code=x&code=CODE',
    'code=CODE&code=CODE',
    'code=&code=CODE',
    'code[]=CODE',
    'code[$ne]=',
    'code[0]=CODE',
    'code.x=CODE',
    'Code=CODE',
    'code%00=CODE',
    'code',
    'code=',
    '',
    'code=CODE&grant_type=authorization_code',
    'code=CODE&redirect_uri=https://evil.example/',
    'code=CODE&client_id=a&client_id=b',
  ])('D65: %j is invalid_request, and the code still good', async (text) => {
    const code = await issueCode(server, client);
    await refuse(`${codeless}&${text.replaceAll('CODE', code)}`, 400, 'invalid_request');
    expect((await server.token(exchange(code), client)).status).toBe(200);
  });

  it('D65: parameters nobody knows are ignored, repeated or not', async () => {
    const code = await issueCode(server, client);
    const more = 'foo=1&foo=2&__proto__=1&__proto__=2&constructor=x&hasOwnProperty=y';
    const form = new URLSearchParams(`${new URLSearchParams(exchange(code))}&${more}`);
    expect((await server.token(form, client)).status).toBe(200);
  });
});
