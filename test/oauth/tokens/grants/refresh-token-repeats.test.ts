import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../../support/fixtures.ts';
import { METRICS_TOKEN, scrape } from '../../../support/metrics.ts';
import { read, type TestResponse } from '../../../support/send.ts';
import { startServer, type TestServer } from '../../../support/server.ts';
import { eventsOf, expectRevoked, refreshing, tokenPair } from '../../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: '1', METRICS_TOKEN });
});
afterAll(() => server.close());

interface Place {
  readonly ip: string;
  readonly agent: string;
}

const HOME: Place = { ip: '198.51.100.7', agent: 'App/1' };
const NEIGHBOUR: Place = { ip: '198.51.100.99', agent: 'App/2' };
const ROAMING: Place = { ip: '203.0.113.5', agent: 'App/1' };
const THIEF: Place = { ip: '203.0.113.5', agent: 'curl/8' };

async function refreshFrom({ ip, agent }: Place, token: string, client: TestClient): Promise<TestResponse> {
  const headers = {
    'X-Forwarded-For': ip,
    'User-Agent': agent,
    Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}`,
  };
  const body = new URLSearchParams(refreshing(token));
  return read(await server.request('/oauth/token', { method: 'POST', headers, body }));
}

/** Refreshes at home, then again from the other place, in as many generations. Returns the statuses of the second uses. */
async function repeat(place: Place, client: TestClient, first: string, generations: number): Promise<number[]> {
  const statuses: number[] = [];
  let token = first;
  for (let generation = 0; generation < generations; generation++) {
    const used = await refreshFrom(HOME, token, client);
    expect(used.status).toBe(200);
    const again = await refreshFrom(place, token, client);
    if (again.status === 200) expect(again.body.refresh_token).toBe(used.body.refresh_token);
    statuses.push(again.status);
    token = used.body.refresh_token;
  }
  return statuses;
}

const families = async (client: TestClient, kind: string) =>
  (await eventsOf(server, kind, client)) as { ip: string; detail: { elsewhere?: boolean } }[];

describe('A refresh token that is used again within the grace period', () => {
  it('gets the same tokens, and each such use is recorded and counted', async () => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    const counted = async () =>
      Number(/gatehouse_refresh_tokens_repeated_total (\d+)/.exec(await (await scrape(server)).text())?.[1]);
    const before = await counted();
    expect(before).toBeGreaterThanOrEqual(0);
    expect(await repeat(HOME, client, refresh_token, 1)).toEqual([200]);
    expect((await refreshFrom(HOME, refresh_token, client)).status).toBe(200);
    expect(await families(client, 'refresh_token.repeated')).toMatchObject([
      { ip: HOME.ip, detail: { elsewhere: false } },
      { ip: HOME.ip, detail: { elsewhere: false } },
    ]);
    expect(await counted()).toBe(before + 2);
  });

  it.each([
    ['the same place', HOME],
    ['another user agent in the same network', NEIGHBOUR],
    ['the same user agent in another network', ROAMING],
  ])('is no replay in five generations in a row from %s', async (_name, place) => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    expect(await repeat(place, client, refresh_token, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(await families(client, 'refresh_token.replayed')).toEqual([]);
  });

  it('is a replay from another network and another user agent in the second generation in a row', async () => {
    const client = await server.client();
    const pair = await tokenPair(server, client);
    expect(await repeat(THIEF, client, pair.refresh_token, 2)).toEqual([200, 400]);
    await expectRevoked(server, client, pair);
    expect(await families(client, 'refresh_token.repeated')).toMatchObject([{ detail: { elsewhere: true } }]);
    expect(await families(client, 'refresh_token.replayed')).toHaveLength(1);
  });

  it('is no replay from elsewhere in generations that do not follow each other', async () => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    let token = refresh_token;
    for (let generation = 0; generation < 6; generation++) {
      const { body } = await refreshFrom(HOME, token, client);
      if (generation % 2 === 0) expect((await refreshFrom(THIEF, token, client)).status).toBe(200);
      token = body.refresh_token;
    }
    expect(await families(client, 'refresh_token.replayed')).toEqual([]);
  });

  it('stores no user agent, only its digest', async () => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    await refreshFrom({ ip: HOME.ip, agent: 'A very private agent' }, refresh_token, client);
    const rows = await server.database
      .em()
      .execute('SELECT used_agent FROM refresh_tokens WHERE used_agent IS NOT NULL');
    expect(JSON.stringify(rows)).not.toContain('private');
    expect(server.log.join('')).not.toContain('A very private agent');
  });
});

describe('A client with its own grace period', () => {
  it('with 0, every second use is a replay', async () => {
    const client = await server.client({ refreshGrace: 0 });
    const pair = await tokenPair(server, client);
    expect(await repeat(HOME, client, pair.refresh_token, 1)).toEqual([400]);
    await expectRevoked(server, client, pair);
  });

  it('can be registered and changed through the API, from 0 to 300 seconds', async () => {
    const token = await server.accessToken({ scopes: ['clients'], user: await server.user({ superuser: true }) });
    const { clientId } = await server.client();
    const change = (refreshGrace: number) =>
      server.graphql(
        `mutation($input: UpdateClientInput!) { updateClient(input: $input) { client { refreshGrace } errors { code path } } }`,
        token,
        { input: { clientId, refreshGrace } },
      );
    expect((await change(0)).body.data.updateClient).toEqual({ client: { refreshGrace: 0 }, errors: [] });
    expect((await change(301)).body.data.updateClient.errors).toEqual([
      { code: 'INVALID', path: ['input', 'refreshGrace'] },
    ]);
  });
});
