import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

describe('Operations that are refused for lack of a permission', () => {
  it('are recorded at most 60 times a minute for each token', async () => {
    const client = await server.client();
    const tokens = [
      await server.accessToken({ client, user: null, scopes: ['read'] }),
      await server.accessToken({ client, user: null, scopes: ['read'] }),
    ];
    const refuse = async (token = '') => (await server.graphql('{ users { nodes { id } } }', token)).status;
    for (let at = 0; at < 70; at += 1) expect(await refuse(tokens[0])).toBe(403);
    const recorded = async () =>
      (await server.database.em().execute("SELECT id FROM audit_events WHERE kind = 'access.refused'")).length;
    expect(await recorded()).toBe(60);
    expect(await refuse(tokens[1])).toBe(403);
    expect(await recorded()).toBe(61);
  });
});
