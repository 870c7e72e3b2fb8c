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

/** Expects this error in response to the form, and an unchanged database. */
async function refuse(form: Record<string, string> | string, status: number, error: string): Promise<void> {
  await expectNothingWritten(server, async () =>
    expectTokenError(await server.token(new URLSearchParams(form), client), status, error),
  );
}

/** Changes a character of the checksum. */
const changed = (code: string): string => code.slice(0, -2) + (code.at(-2) === 'x' ? 'y' : 'x') + code.at(-1);

describe('RFC 6749 §4.1.3: redirect_uri of the code exchange', () => {
  it('D62: without PKCE, omitting a redirect_uri that was sent before is invalid_request and keeps the code valid', async () => {
    const code = await issueCode(server, client);
    const { redirect_uri, ...without } = exchange(code);
    await refuse(without as Record<string, string>, 400, 'invalid_request');
    await refuse(exchange(code, { redirect_uri: '' }), 400, 'invalid_request');
    expect((await server.token(exchange(code, { redirect_uri: redirect_uri ?? '' }), client)).status).toBe(200);
  });

  it('D62: a redirect_uri that differs from the one sent before is invalid_grant', async () => {
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

describe('RFC 6749 §10.10: malformed and unknown codes', () => {
  it.each<[string, (code: string) => string]>([
    ['a code with one character changed', changed],
    ['a code in capitals', (code) => code.toUpperCase()],
    ['a code with a space at the end', (code) => `${code} `],
    ['a code with a space at the start', (code) => ` ${code}`],
    ['a code with a line break at the end', (code) => `${code}\n`],
    ['a code with a NUL at the end', (code) => `${code}\0`],
    ['a NUL', () => '\0'],
    ['non-ASCII text', () => 'é€😀'],
    ['a well-formed code that was never issued', () => 'gac_0000000000000000000000000000000000000000000000000000'],
    ['a code of 30 KB', (code) => code + 'x'.repeat(30_000)],
    ['an SQL injection', () => "' OR 1=1 --"],
    ['a JSON object', () => '{"$ne":null}'],
  ])('D64: %s is invalid_grant, and the genuine code stays valid', async (_, alter) => {
    const code = await issueCode(server, client);
    await refuse(exchange(alter(code)), 400, 'invalid_grant');
    expect((await server.token(exchange(code), client)).status).toBe(200);
  });

  it('D64: a code of 100 KB gets 413', async () =>
    refuse(exchange(`gac_${'x'.repeat(100_000)}`), 413, 'invalid_request'));

  it('D64: access tokens, refresh tokens and client secrets are not accepted as codes', async () => {
    const pair = await tokenPair(server, client);
    for (const wrong of [pair.access_token, pair.refresh_token, client.secret])
      await refuse(exchange(wrong), 400, 'invalid_grant');
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
  });
});

describe('RFC 6749 §3.2: repeated and unknown parameters of the token endpoint', () => {
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
  ])('D65: %j is invalid_request, and the code stays valid', async (text) => {
    const code = await issueCode(server, client);
    await refuse(`${codeless}&${text.replaceAll('CODE', code)}`, 400, 'invalid_request');
    expect((await server.token(exchange(code), client)).status).toBe(200);
  });

  it('D65: unknown parameters are ignored, also repeated ones', async () => {
    const code = await issueCode(server, client);
    const more = 'foo=1&foo=2&__proto__=1&__proto__=2&constructor=x&hasOwnProperty=y';
    const form = new URLSearchParams(`${new URLSearchParams(exchange(code))}&${more}`);
    expect((await server.token(form, client)).status).toBe(200);
  });
});
