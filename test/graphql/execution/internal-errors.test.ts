import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server?.close());

describe('An unexpected error', () => {
  it('K221 the response masks the error and has a request id, and the error is logged once', async () => {
    await server.database.em().execute('ALTER TABLE scopes RENAME TO mislaid_scopes');
    const before = server.log.length;
    const { status, headers, body } = await server.graphql('{ viewer { sub } scopes { name } }', token);
    await server.database.em().execute('ALTER TABLE mislaid_scopes RENAME TO scopes');

    expect(status).toBe(200);
    const requestId = headers.get('X-Request-Id');
    expect(body).toEqual({
      data: null,
      errors: [
        {
          message: 'Unexpected error.',
          locations: [{ line: 1, column: 18 }],
          path: ['scopes'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
        },
      ],
    });
    const logged = server.log
      .slice(before)
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level >= 50);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ requestId, msg: 'unexpected error', err: { code: '42P01' } });
    expect(JSON.stringify(logged)).not.toContain(token);
  });

  it('I158 an error during the look-up of the token gives no access', async () => {
    await server.database.em().execute('ALTER TABLE access_tokens RENAME TO mislaid_tokens');
    const { status, body } = await server.graphql('{ scopes { name } }', token);
    await server.database.em().execute('ALTER TABLE mislaid_tokens RENAME TO access_tokens');

    expect(status).toBe(500);
    expect(body).toEqual({
      errors: [
        { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) } },
      ],
    });
    expect((await server.graphql('{ scopes { name } }', token)).status).toBe(200);
  });
});
