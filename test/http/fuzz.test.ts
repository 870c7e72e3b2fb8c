import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, issueCode } from '../support/authorize.ts';
import { expectCleanResponse } from '../support/invariants.ts';
import { type Dice, type Mutant, mutate, type Pairs, randomness } from '../support/mutations.ts';
import { pkce } from '../support/pkce.ts';
import { parseResponses, sendRaw } from '../support/raw-http.ts';
import { countRows } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { tokenPair } from '../support/token-forms.ts';

const SEED = 6749;
const REQUESTS = 500;
const AT_ONCE = 6;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const encoded = (fields: Record<string, string>): Pairs =>
  Object.entries(fields).map(([name, value]) => [name, encodeURIComponent(value)]);

/** Valid authorization requests: of a confidential client, with PKCE, and of a client registered for implicit. */
async function authorizationRequests(): Promise<Pairs[]> {
  const [client, implicit] = [await server.client(), await server.client({ grantTypes: ['implicit'] })];
  const common = { client_id: client.clientId, redirect_uri: CALLBACK, scope: 'read profile', state: 's' };
  const code = { ...common, response_type: 'code' };
  return [
    encoded(code),
    encoded({ ...code, code_challenge: pkce().challenge, code_challenge_method: 'S256', nonce: 'n' }),
    encoded({ ...common, response_type: 'token', client_id: implicit.clientId }),
  ];
}

/** Valid token requests, one per grant. */
async function tokenRequests(): Promise<Pairs[]> {
  const client = await server.client();
  const { username } = await server.user();
  const own = { client_id: client.clientId, client_secret: client.secret };
  const code = await issueCode(server, client);
  const { refresh_token } = await tokenPair(server, client);
  return [
    encoded({ ...own, grant_type: 'client_credentials', scope: 'read' }),
    encoded({ ...own, grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: pkce().verifier }),
    encoded({ ...own, grant_type: 'refresh_token', refresh_token, scope: 'read' }),
    // Passwords this long are never hashed, which would cost 20 ms each.
    encoded({ ...own, grant_type: 'password', username, password: 'x'.repeat(1025) }),
  ];
}

function message(path: string, { method, pairs, contentType, headers }: Mutant): string {
  const inQuery = method !== 'POST' && method !== 'PUT' && method !== 'PATCH';
  // A request line ends at the first space and is ASCII. Other bytes are tested in client-error.test.ts.
  const target = inQuery ? `${path}?${pairs.replaceAll(/[^\x21-\x7e]/g, '%FF')}` : path;
  const body = inQuery ? '' : pairs;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${new URL(server.config.issuer).host}`,
    'Connection: close',
    ...(inQuery ? [] : [`Content-Type: ${contentType}`, `Content-Length: ${body.length}`]),
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Counts responses by status. Throws with the request at the first response that breaks a rule. */
async function fuzz(
  path: string,
  method: string,
  requests: readonly Pairs[],
  dice: Dice,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const one = async (text: string) => {
    const answers = parseResponses(await sendRaw(server.url, text, 5000));
    // 100 Continue is not the final response.
    for (const { status, headers, body } of answers.filter(({ status }) => status !== 100)) {
      try {
        expectCleanResponse({ status, headers }, body);
        if (headers.get('Content-Type')?.includes('html')) expect(body).not.toContain('<script');
        expect(headers.get('X-Evil')).toBeNull();
      } catch (error) {
        throw new Error(`Not a clean answer (${status} ${body.slice(0, 500)}) to ${JSON.stringify(text)}`, {
          cause: error,
        });
      }
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const messages = Array.from({ length: REQUESTS }, () => message(path, mutate(dice, method, dice.one(requests))));
  while (messages.length > 0) await Promise.all(messages.splice(0, AT_ONCE).map(one));
  return statuses;
}

const sum = (counts: Map<number, number>): number => [...counts.values()].reduce((total, count) => total + count, 0);

describe('L244: requests with arbitrary errors', () => {
  it.each(['GET', 'POST'])(
    'L244: %s /oauth/authorize never gets a 5xx response and creates nothing',
    async (method) => {
      const requests = await authorizationRequests();
      const before = await countRows(server);
      const statuses = await fuzz('/oauth/authorize', method, requests, randomness(SEED + method.length));
      const after = await countRows(server);
      expect(after).toEqual({ ...before, authorization_requests: after.authorization_requests });
      expect(sum(statuses)).toBeGreaterThanOrEqual(REQUESTS);
      // Both outcomes must occur, or the test would prove nothing.
      expect(statuses.get(303)).toBeGreaterThan(30);
      expect(statuses.get(400)).toBeGreaterThan(30);
    },
    60_000,
  );

  it('L244: POST /oauth/token never gets a 5xx response and issues tokens only for valid requests', async () => {
    const requests = await tokenRequests();
    const before = await countRows(server);
    const statuses = await fuzz('/oauth/token', 'POST', requests, randomness(SEED));
    const after = await countRows(server);
    for (const table of ['users', 'clients', 'client_secrets', 'sessions', 'consents', 'authorization_requests'])
      expect([table, after[table]]).toEqual([table, before[table]]);
    expect((after.access_tokens ?? 0) - (before.access_tokens ?? 0)).toBeLessThanOrEqual(statuses.get(200) ?? 0);
    expect(sum(statuses)).toBeGreaterThanOrEqual(REQUESTS);
    expect(statuses.get(200)).toBeGreaterThan(10);
    expect(statuses.get(400)).toBeGreaterThan(60);
    expect(statuses.get(401)).toBeGreaterThan(30);
  }, 60_000);

  it('L244: nothing was logged as an error, and no secret was logged', () => {
    // Replays are logged for the operator, but are not errors.
    const warnings = server.log.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
    expect(warnings.filter(({ msg }) => !/^(code|refresh token) replayed/.test(msg))).toEqual([]);
    expect(server.log.join('')).not.toMatch(/g(at|rt|ac|cs)_[0-9A-Za-z]{20}/);
  });
});
