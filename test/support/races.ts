import type { Nodes } from './nodes.ts';
import type { TestResponse } from './send.ts';
import { exchange, refreshing, type TokenPair } from './token-forms.ts';

const AT_ONCE = 50;

/** Sends the same form 50 times at once, to all nodes. */
const atOnce = (nodes: Nodes, form: Record<string, string>): Promise<TestResponse[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => nodes.post(index, '/oauth/token', form)));

/** The number of responses by status and error. */
function tally(responses: readonly TestResponse[]): string {
  const counts: Record<string, number> = {};
  for (const { status, body } of responses) {
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
  const body = JSON.stringify({ query: '{ viewer { sub } }' });
  return String((await nodes.request(node, '/graphql', { method: 'POST', headers, body })).status);
}

/** Findings unless every node responds with `should` to the access token. */
async function bearerFindings(nodes: Nodes, accessToken: string, should: '200' | '401'): Promise<string[]> {
  const found: string[] = [];
  for (const node of nodes.processes.keys())
    found.push(...differs(`access token at node ${node}`, await bearerStatus(nodes, node, accessToken), should));
  return found;
}

/** RFC 6749 §4.1.2: of 50 exchanges of a code one succeeds, and the replays revoke its tokens. */
export async function raceForCode(nodes: Nodes): Promise<string[]> {
  const responses = await atOnce(nodes, exchange(await nodes.newCode()));
  const winner = responses.find(({ status }) => status === 200)?.body as TokenPair | undefined;
  const found = differs('exchanges', tally(responses), `1 × 200, ${AT_ONCE - 1} × 400 invalid_grant`);
  if (!winner) return found;
  const refreshed = tally([await nodes.post(1, '/oauth/token', refreshing(winner.refresh_token))]);
  return [
    ...found,
    ...differs('refresh with the tokens of the successful exchange', refreshed, '1 × 400 invalid_grant'),
    ...(await bearerFindings(nodes, winner.access_token, '401')),
  ];
}

/** The result of a race for a refresh token: the used token, and the tokens of its family. */
export interface Family {
  readonly used: string;
  readonly pairs: readonly TokenPair[];
}

/** RFC 9700 §4.14.2: 50 uses of a refresh token within the grace period get the same new tokens, which can be refreshed. */
export async function raceForRefresh(nodes: Nodes): Promise<{ found: string[]; family: Family }> {
  const first: TokenPair = (await nodes.post(0, '/oauth/token', exchange(await nodes.newCode()))).body;
  const responses = await atOnce(nodes, refreshing(first.refresh_token));
  const pair: TokenPair = responses[0]?.body;
  // expires_in may differ, because time passes between the responses.
  const distinct = new Set(responses.map(({ body }) => JSON.stringify({ ...body, expires_in: undefined })));
  const next = await nodes.post(1, '/oauth/token', refreshing(pair.refresh_token));
  return {
    found: [
      ...differs('refreshes', tally(responses), `${AT_ONCE} × 200`),
      ...differs('different responses', String(distinct.size), '1'),
      ...(await bearerFindings(nodes, pair.access_token, '200')),
      ...differs('refresh of the successor', tally([next]), '1 × 200'),
    ],
    family: { used: first.refresh_token, pairs: [first, pair, next.body] },
  };
}

/** 50 uses of the same token after the grace period are replays and revoke the whole family. */
export async function raceReplays(nodes: Nodes, { used, pairs }: Family): Promise<string[]> {
  const found = differs('replays', tally(await atOnce(nodes, refreshing(used))), `${AT_ONCE} × 400 invalid_grant`);
  for (const [index, { access_token, refresh_token }] of pairs.entries()) {
    found.push(...(await bearerFindings(nodes, access_token, '401')));
    const refreshed = tally([await nodes.post(index, '/oauth/token', refreshing(refresh_token))]);
    found.push(...differs('refresh within the family', refreshed, '1 × 400 invalid_grant'));
  }
  return found;
}
