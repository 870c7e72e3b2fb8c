import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { jwksOf } from '../support/id-tokens.ts';
import { gatehouse } from '../support/process.ts';
import { startServer, type TestServer } from '../support/server.ts';

let home: TestDatabase;
beforeAll(async () => {
  home = await migratedDatabase();
});
afterAll(() => home.remove());

/** The embedded database belongs to one process at a time: the server stops before a command runs. */
async function withServer<T>(work: (server: TestServer) => Promise<T>): Promise<T> {
  const server = await startServer({}, home);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

const kids = async (server: TestServer): Promise<(string | undefined)[]> =>
  (await jwksOf(server)).keys.map(({ kid }) => kid);
const rotate = (...flags: string[]) => gatehouse(['keys', 'rotate', ...flags], home.env);

describe('gatehouse keys rotate', () => {
  it('the command creates a key for each algorithm, published at once and used after an hour, and records an audit event', async () => {
    const before = await withServer(kids);
    const { code, stdout, stderr } = await rotate('--json');
    expect([code, stderr]).toEqual([0, '']);
    const { keys } = JSON.parse(stdout);
    expect(keys.map(({ algorithm }: { algorithm: string }) => algorithm)).toEqual(['RS256', 'ES256', 'EdDSA']);
    for (const { signs_from } of keys) {
      const wait = Date.parse(signs_from) - Date.now();
      expect(wait).toBeGreaterThan(3_500_000);
      expect(wait).toBeLessThanOrEqual(3_600_000);
    }

    await withServer(async (server) => {
      const made = keys.map(({ kid }: { kid: string }) => kid);
      expect((await kids(server)).sort()).toEqual([...before, ...made].sort());
      const [event] = await server.database
        .em()
        .execute(`SELECT actor_id, detail FROM audit_events WHERE kind = 'keys.rotated'`);
      expect(event).toEqual({ actor_id: null, detail: { kids: made, compromised: false } });
    });
  });

  it('the option --compromised removes the old keys at once', async () => {
    const before = await withServer(kids);
    const { code, stdout } = await rotate('--compromised');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^RS256 {2}\S{43} {2}signs from \d{4}-/);
    const after = await withServer(kids);
    expect(after).toHaveLength(3);
    for (const kid of after) {
      expect(before).not.toContain(kid);
      expect(stdout).toContain(kid);
    }
  });
});
