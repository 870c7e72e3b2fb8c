import type { Nodes } from './nodes.ts';
import type { TestResponse } from './send.ts';
import { exchange, refreshing, type TokenPair } from './token-forms.ts';

const AT_ONCE = 50;

/** The same form from fifty callers at once, on all nodes. */
const atOnce = (nodes: Nodes, form: Record<string, string>): Promise<TestResponse[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => nodes.post(index, '/oauth/token', form)));

/** How many there are of each `status error`. */
function tally(answers: readonly TestResponse[]): string {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = status === 200 ? '200' : `${status} ${body.error}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const sorted = Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([kind, count]) => `${count} × ${kind}`).join(', ');
}

const differs = (what: string, is: string, should: string): string[] =>
  is === should ? [] : [`${what}: ${is}; should be ${should}`];

async function bearerStatus(nodes: Nodes, node: number, accessToken: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` };
  const body = JSON.stringify({ query: '{ viewer { id } }' });
  return String((await nodes.request(node, '/graphql', { method: 'POST', headers, body })).status);
}

/** That every node takes the access token, or none does. */
async function bearerFaults(nodes: Nodes, accessToken: string, should: '200' | '401'): Promise<string[]> {
  const found: string[] = [];
  for (const node of nodes.processes.keys())
    found.push(...differs(`access token at node ${node}`, await bearerStatus(nodes, node, accessToken), should));
  return found;
}

/** RFC 6749 §4.1.2: one code, fifty exchanges: one wins, and because of the others nobody keeps a live token. */
export async function raceForCode(nodes: Nodes): Promise<string[]> {
  const answers = await atOnce(nodes, exchange(await nodes.newCode()));
  const winner = answers.find(({ status }) => status === 200)?.body as TokenPair | undefined;
  const found = differs('exchanges', tally(answers), `1 × 200, ${AT_ONCE - 1} × 400 invalid_grant`);
  if (!winner) return found;
  const refreshed = tally([await nodes.post(1, '/oauth/token', refreshing(winner.refresh_token))]);
  return [
    ...found,
    ...differs('refresh of what the winner got', refreshed, '1 × 400 invalid_grant'),
    ...(await bearerFaults(nodes, winner.access_token, '401')),
  ];
}

/** What a race for a refresh token leaves: the used token, and the tokens that descend from it. */
export interface Family {
  readonly used: string;
  readonly pairs: readonly TokenPair[];
}

/** RFC 9700 §4.14.2: one refresh token, fifty uses within the grace: all are told the same, and it can go on from there. */
export async function raceForRefresh(nodes: Nodes): Promise<{ found: string[]; family: Family }> {
  const first: TokenPair = (await nodes.post(0, '/oauth/token', exchange(await nodes.newCode()))).body;
  const answers = await atOnce(nodes, refreshing(first.refresh_token));
  const pair: TokenPair = answers[0]?.body;
  // All that an answer says, save the seconds that go by between two of them.
  const told = new Set(answers.map(({ body }) => JSON.stringify({ ...body, expires_in: undefined })));
  const next = await nodes.post(1, '/oauth/token', refreshing(pair.refresh_token));
  return {
    found: [
      ...differs('refreshes', tally(answers), `${AT_ONCE} × 200`),
      ...differs('different answers', String(told.size), '1'),
      ...(await bearerFaults(nodes, pair.access_token, '200')),
      ...differs('refresh of the successor', tally([next]), '1 × 200'),
    ],
    family: { used: first.refresh_token, pairs: [first, pair, next.body] },
  };
}

/** The used token once more, fifty times and after the grace: it is stolen goods, and nothing of the family lives on. */
export async function raceReplays(nodes: Nodes, { used, pairs }: Family): Promise<string[]> {
  const found = differs('replays', tally(await atOnce(nodes, refreshing(used))), `${AT_ONCE} × 400 invalid_grant`);
  for (const [index, { access_token, refresh_token }] of pairs.entries()) {
    found.push(...(await bearerFaults(nodes, access_token, '401')));
    const refreshed = tally([await nodes.post(index, '/oauth/token', refreshing(refresh_token))]);
    found.push(...differs('refresh within the family', refreshed, '1 × 400 invalid_grant'));
  }
  return found;
}
