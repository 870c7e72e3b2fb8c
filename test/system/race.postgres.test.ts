import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../support/audit-queries.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { type Nodes, startNodes } from '../support/nodes.ts';
import { raceForCode, raceForRefresh, raceReplays } from '../support/races.ts';
import { exchange, refreshing } from '../support/token-forms.ts';

/** `bench/reliability/race.ts` runs a hundred. */
const ROUNDS = 20;

let home: TestDatabase;
let nodes: Nodes;

beforeAll(async () => {
  home = await migratedDatabase();
  nodes = await startNodes(home.env);
});

afterAll(async () => {
  expect(await audit(nodes.database)).toEqual([]);
  // Replays are told, and there was nothing else to tell.
  for (const line of nodes.processes.flatMap(({ stderr }) => stderr.split('\n').filter((text) => text !== '')))
    expect(JSON.parse(line)).toMatchObject({ level: 40, msg: expect.stringMatching(/^a .* was replayed: /) });
  expect(await nodes.stop()).toEqual([0, 0]);
  await home.remove();
});

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

describe('RFC 6749 §4.1.2: one code, fifty exchanges at once, two processes', () => {
  it.each(rounds)('N263, T10: round %i: exactly one wins, and nobody keeps a live token', async () => {
    expect(await raceForCode(nodes)).toEqual([]);
  });
});

describe('RFC 9700 §4.14.2: one refresh token, fifty uses at once, two processes', () => {
  it.each(rounds)('F100, F101: round %i: inside the grace all get the same tokens, and one leaf lives', async () => {
    expect((await raceForRefresh(nodes)).found).toEqual([]);
  });
});

describe('RFC 9700 §4.14.2: a replay after the grace', () => {
  it('ends the family and its access tokens on both nodes, however many replay at once, and is recorded once', async () => {
    // A grace of one second: too short for fifty honest callers on a busy machine, so these two race for nothing before.
    const brief = await startNodes({ ...home.env, REFRESH_GRACE: '1' });
    const { body: first } = await brief.post(0, '/oauth/token', exchange(await brief.newCode()));
    const { body: second } = await brief.post(1, '/oauth/token', refreshing(first.refresh_token));
    await pause(1500);
    expect(await raceReplays(brief, { used: first.refresh_token, pairs: [first, second] })).toEqual([]);

    const events = await brief.database.em().execute(
      `SELECT e.kind FROM audit_events e JOIN clients c ON c.id = e.client_id
         WHERE c.client_id = ? AND e.kind LIKE '%replayed'`,
      [brief.client.clientId],
    );
    expect(events).toEqual([{ kind: 'refresh_token.replayed' }]);
    expect(await brief.stop()).toEqual([0, 0]);
  });
});
