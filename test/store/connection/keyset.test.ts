import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listUsers } from '../../../src/directory/read-users.ts';
import { registerUser } from '../../../src/directory/register-user.ts';
import type { Sql } from '../../../src/store/connection/sql.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  for (let at = 0; at < 12; at += 1)
    await registerUser(server.database.em(), theOperator(), { username: unique(`user${at}`) });
});
afterAll(() => server?.close());

describe('Pages that are requested at once', () => {
  it('each page is read once, and each request gets its own page', async () => {
    const pages = [5, 7, 9].map((limit) => ({ limit, backward: limit === 7 }));
    let statements = 0;
    const sql: Sql = (statement, values) => {
      statements += 1;
      return server.database.sql(statement, values);
    };
    const together = await Promise.all(Array.from({ length: 60 }, (_, at) => listUsers(sql, pages[at % 3]!)));
    expect(statements).toBe(3);
    for (const [at, page] of pages.entries()) {
      const alone = await listUsers(server.database.sql, page);
      expect(alone).toHaveLength(page.limit + 1);
      for (let asker = at; asker < together.length; asker += 3) expect(together[asker]).toEqual(alone);
    }
  });

  it('a later request reads its page again', async () => {
    const page = { limit: 100, backward: false };
    const before = await listUsers(server.database.sql, page);
    const { id } = await registerUser(server.database.em(), theOperator(), { username: unique('later') });
    const after = await listUsers(server.database.sql, page);
    expect(after.map((listed) => listed.id)).toEqual([...before.map((listed) => listed.id), id]);
  });
});
