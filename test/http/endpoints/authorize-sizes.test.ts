import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest } from '../../support/authorize.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

describe('The size of stored authorization requests', () => {
  it.each([
    ['512 bytes', 'x'.repeat(512), null],
    ['513 bytes', 'x'.repeat(513), 'invalid_request'],
    ['512 bytes in 128 characters', '🙂'.repeat(128), null],
    ['516 bytes in 129 characters', '🙂'.repeat(129), 'invalid_request'],
  ])('a nonce of %s', async (_, nonce, error) => {
    const client = await server.client();
    const response = await server.request(codeRequest(client, { scope: 'openid', nonce }));
    const location = new URL(response.headers.get('Location') ?? '', server.config.issuer);
    expect([location.pathname, location.searchParams.get('error')]).toEqual([error ? '/cb' : '/login', error]);
  });
});
