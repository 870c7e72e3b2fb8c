import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { introspect, revoke } from '../support/client-endpoints.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import type { TestClient } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bearerStatus } from '../support/token-forms.ts';

const ROUNDS = 1000;
const AT_ONCE = 20;

let home: TestDatabase;
let here: TestServer;
let there: TestServer;
let client: TestClient;
beforeAll(async () => {
  home = await migratedDatabase();
  const env = { ISSUER: 'http://localhost:4400', LOG_LEVEL: 'warn' };
  [here, there] = await Promise.all([startServer(env, home), startServer(env, home)]);
  client = await here.client();
});
afterAll(async () => {
  await here.close();
  await there.close();
  await home.remove();
});

/** Uses a token on the other node before, during and right after its revocation on this one. */
async function round(): Promise<{ before: number; after: number; active: unknown }> {
  const token = await here.accessToken({ user: null, client, scopes: ['read'] });
  const before = await bearerStatus(there, token);
  const use = bearerStatus(there, token);
  expect((await revoke(here, token, client)).status).toBe(200);
  const [after, introspected] = [await bearerStatus(there, token), await introspect(there, token, client)];
  await use;
  return { before, after, active: introspected.body.active };
}

describe('RFC 7009 §2: a revocation takes effect at the next request, on every node', () => {
  it(`of ${ROUNDS} tokens revoked on one node, the other accepts none`, async () => {
    const rounds: { before: number; after: number; active: unknown }[] = [];
    const worker = async () => {
      for (let index = 0; index < ROUNDS / AT_ONCE; index++) rounds.push(await round());
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(rounds).toHaveLength(ROUNDS);
    expect(rounds.filter(({ before }) => before === 200)).toHaveLength(ROUNDS);
    expect(rounds.filter(({ after, active }) => after !== 401 || active !== false)).toEqual([]);
  });
});
