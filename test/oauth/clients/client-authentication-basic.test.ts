import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rotateClientSecret } from '../../../src/oauth/registration/secrets.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { read, type TestResponse } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

async function requestToken(authorization: string, more: Record<string, string> = {}): Promise<TestResponse> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...more });
  return read(
    await server.request('/oauth/token', { method: 'POST', headers: { Authorization: authorization }, body }),
  );
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const basic = (text: string): string => `Basic ${base64(text)}`;
/** RFC 6749 App. B, as encoded by URLSearchParams and by `encodeURIComponent`. */
const encoders = [(text: string) => new URLSearchParams({ x: text }).toString().slice(2), encodeURIComponent];

const refuse = (authorization: string, status: number, error: string) =>
  expectNothingWritten(server, async () => expectTokenError(await requestToken(authorization), status, error));

describe('RFC 6749 §2.3.1, App. A, B: ids and secrets of every printable character', () => {
  const SECRETS = [
    ['a colon', 'with:colons:and long enough for us all'],
    ['a percent sign', '100% of them are long enough for us'],
    ['what looks encoded', 'not%20encoded%3Abut+long+enough+for+us'],
    ['a plus sign', 'one+one+two+and+long+enough+for+us+all'],
    ['marks', '!"#$&\'()*,-./;<=>?@[\\]^_`{|}~ long enough'],
  ] as const;

  it.each(SECRETS)('E82: a secret with %s is accepted both raw and form-encoded', async (_, secret) => {
    const { clientId } = await server.client({}, { secret });
    expect((await requestToken(basic(`${clientId}:${secret}`))).status).toBe(200);
    for (const encode of encoders)
      expect((await requestToken(basic(`${encode(clientId)}:${encode(secret)}`))).status).toBe(200);
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    expect((await server.token(form)).status).toBe(200);
  });

  it.each(['https://client.example/', 'a:b', '50%', 'x+y', 'two words', '%41', '<b>&"\'\\'])(
    'E82: the client_id %j is accepted form-encoded',
    async (id) => {
      const made = await server.client({}, { clientId: unique(id), secret: SECRETS[0][1] });
      for (const encode of encoders)
        expect((await requestToken(basic(`${encode(made.clientId)}:${encode(made.secret)}`))).status).toBe(200);
      const form = { grant_type: 'client_credentials', client_id: made.clientId, client_secret: made.secret };
      expect((await server.token(form)).status).toBe(200);
    },
  );

  it('E82: a client with non-ASCII credentials cannot be registered and is unknown', async () => {
    for (const imported of [
      { secret: `${'x'.repeat(32)}é` },
      { clientId: 'é' },
      { clientId: '' },
      { clientId: ' x' },
      { clientId: 'a\n' },
    ])
      await expect(server.client({}, imported)).rejects.toThrow();
    const { clientId } = await server.client();
    for (const secret of ['é', '£€', '😀']) {
      await refuse(basic(`${clientId}:${secret}`), 401, 'invalid_client');
      await refuse(basic(`${clientId}:${encodeURIComponent(secret)}`), 401, 'invalid_client');
      await refuse(basic(`${secret}:${clientId}`), 401, 'invalid_client');
    }
  });
});

describe('RFC 7617, RFC 9110 §11: the Authorization header', () => {
  it('E83: a malformed Authorization header is invalid_request', async () => {
    const { clientId, secret } = await server.client();
    const whole = base64(`${clientId}:${secret}`);
    const broken = [
      ...[
        'Basic',
        'Basic ',
        'Basic !!!',
        'Basic ====',
        `Basic ${whole}!`,
        `Basic ${whole} ${whole}`,
        `Basic ${whole},`,
      ],
      ...[
        `Basic "${whole}"`,
        `Basic ${whole.slice(0, 3)}=${whole.slice(3)}`,
        `Basic\t${whole}`,
        `Basic ${base64('nocolon')}`,
      ],
      ...[`Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`, `Basic ${clientId}:${secret}`],
    ];
    for (const header of broken) await refuse(header, 400, 'invalid_request');
  });

  it('E83: a lone percent sign or a second colon is invalid_request unless the secret contains it', async () => {
    const { clientId, secret } = await server.client();
    for (const text of [`${clientId}:%`, `${clientId}:${secret}%`, `${clientId}:%zz`, `%:${secret}`, `${clientId}:%ff`])
      await refuse(basic(text), 400, 'invalid_request');
    for (const text of [`${clientId}:${secret}:`, `${clientId}:${secret}:x`, `:${clientId}:${secret}`, ':::'])
      await refuse(basic(text), 400, 'invalid_request');
  });

  it('E83: the scheme is case-insensitive and may be followed by several spaces', async () => {
    const { clientId, secret } = await server.client();
    const whole = base64(`${clientId}:${secret}`);
    for (const header of [
      `basic ${whole}`,
      `BASIC ${whole}`,
      `bAsIc   ${whole}  `,
      `Basic ${whole.replace(/=+$/, '')}`,
    ])
      expect((await requestToken(header)).status).toBe(200);
  });
});

describe('Rotated client secrets', () => {
  const rotate = (clientId: string, overlapSeconds: number) =>
    rotateClientSecret(server.database.em(), theOperator(), clientId, { overlapSeconds });

  it('E92: the old and the new secret work during the overlap, and then only the new one', async () => {
    const old = await server.client();
    const { secret } = await rotate(old.clientId, 600);
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 590_000 });
    expect((await requestToken(basic(`${old.clientId}:${old.secret}`))).status).toBe(200);
    expect((await requestToken(basic(`${old.clientId}:${secret}`))).status).toBe(200);
    vi.setSystemTime(now + 601_000);
    await refuse(basic(`${old.clientId}:${old.secret}`), 401, 'invalid_client');
    expect((await requestToken(basic(`${old.clientId}:${secret}`))).status).toBe(200);
  });

  it('E92: without an overlap the old secret expires at once', async () => {
    const old = await server.client();
    const { secret } = await rotate(old.clientId, 0);
    await refuse(basic(`${old.clientId}:${old.secret}`), 401, 'invalid_client');
    expect((await requestToken(basic(`${old.clientId}:${secret}`))).status).toBe(200);
  });

  it('E92: a second rotation does not extend the lifetime of the first secret', async () => {
    const old = await server.client();
    await rotate(old.clientId, 60);
    await rotate(old.clientId, 3600);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    await refuse(basic(`${old.clientId}:${old.secret}`), 401, 'invalid_client');
  });
});
