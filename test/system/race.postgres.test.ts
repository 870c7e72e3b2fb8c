import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../support/audit-queries.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { type Nodes, startNodes } from '../support/nodes.ts';
import { raceForCode, raceForRefresh, raceReplays } from '../support/races.ts';
import { exchange, refreshing } from '../support/token-forms.ts';

/** `bench/reliability/race.ts` runs 100 rounds. */
const ROUNDS = 20;

let home: TestDatabase;
let nodes: Nodes;

beforeAll(async () => {
  home = await migratedDatabase();
  nodes = await startNodes(home.env);
});

afterAll(async () => {
  expect(await audit(nodes.database)).toEqual([]);
  // The log contains replays and the requests refused for them, and nothing else.
  for (const line of nodes.processes.flatMap(({ stderr }) => stderr.split('\n').filter((text) => text !== ''))) {
    const entry = JSON.parse(line);
    if (entry.level > 30)
      expect(entry).toMatchObject({ level: 40, msg: expect.stringMatching(/^(code|refresh token) replayed/) });
    else expect(entry).toMatchObject({ msg: 'request refused', error: 'invalid_grant' });
  }
  expect(await nodes.stop()).toEqual([0, 0]);
  await home.remove();
});

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

describe('RFC 6749 §4.1.2: one code, fifty exchanges at once, two processes', () => {
  it.each(rounds)('N263, T10: in round %i one exchange succeeds, and no token stays active', async () => {
    expect(await raceForCode(nodes)).toEqual([]);
  });
});

describe('RFC 9700 §4.14.2: one refresh token, fifty uses at once, two processes', () => {
  it.each(rounds)(
    'F100, F101: in round %i all uses within the grace period get the same tokens, and one refresh token is active',
    async () => {
      expect((await raceForRefresh(nodes)).found).toEqual([]);
    },
  );
});

describe('RFC 9700 §4.14.2: a replay after the grace', () => {
  it('50 replays at once revoke the family on both nodes and are recorded once', async () => {
    // A grace period of one second is too short for 50 concurrent callers on a busy machine, so there is no race before it ends.
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
