import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { signedIn } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ SESSION_TTL: '600' });
});
afterAll(() => server.close());

it('a session lasts for SESSION_TTL seconds', async () => {
  const { user } = await signedIn(server);
  const sql = 'SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM sessions WHERE user_id = ?';
  expect(await server.database.em().execute(sql, [user.uuid])).toEqual([{ seconds: 600 }]);
});
