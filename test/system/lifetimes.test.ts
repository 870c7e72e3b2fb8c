import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { CALLBACK, issueCode } from '../support/authorize.ts';
import type { TestClient } from '../support/fixtures.ts';
import { expectTokenError } from '../support/invariants.ts';
import { startServer, type TestServer } from '../support/server.ts';

const DAY = 86_400;
let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    ACCESS_TOKEN_TTL: String(7 * DAY),
    CODE_TTL: '600',
    REFRESH_TOKEN_IDLE_TTL: String(8 * DAY),
  });
});
afterAll(() => server.close());
afterEach(() => {
  vi.useRealTimers();
});

const ofService = async (client: TestClient) => (await server.token({ grant_type: 'client_credentials' }, client)).body;
const count = async (table: string) => (await server.database.em().execute(`SELECT 1 FROM ${table}`)).length;

describe('Every lifetime can be set', () => {
  it('S4-06 S4-04: the defaults are an hour, a minute, 14 and 90 days, and a minute', () => {
    const { accessTokenTtl, codeTtl, refreshTokenIdleTtl, refreshTokenTtl, refreshGrace } = loadConfig({});
    expect({ accessTokenTtl, codeTtl, refreshTokenIdleTtl, refreshTokenTtl, refreshGrace }).toEqual({
      accessTokenTtl: 3600,
      codeTtl: 60,
      refreshTokenIdleTtl: 14 * DAY,
      refreshTokenTtl: 90 * DAY,
      refreshGrace: 60,
    });
  });

  it('S4-06: clients get the configured lifetime, unless they have their own', async () => {
    expect((await ofService(await server.client())).expires_in).toBe(7 * DAY);
    expect((await ofService(await server.client({ accessTokenTtl: DAY }))).expires_in).toBe(DAY);
  });

  it('S4-06 S0-11: a code is valid for CODE_TTL, here ten minutes', async () => {
    const [client, user] = [await server.client(), await server.user()];
    const form = (code: string) => ({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
    vi.useFakeTimers({ toFake: ['Date'] });
    const [early, late] = [await issueCode(server, client, {}, user), await issueCode(server, client, {}, user)];
    const made = Date.now();
    vi.setSystemTime(made + 599_000);
    expect((await server.token(form(early), client)).status).toBe(200);
    vi.setSystemTime(made + 601_000);
    expectTokenError(await server.token(form(late), client), 400, 'invalid_grant');
  });

  it('S4-06: an expired token is refused at once, and its row is deleted later', async () => {
    const token = await server.accessToken();
    const before = await count('access_tokens');
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 7 * DAY * 1000 + 1000);
    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(401);
    expect(await count('access_tokens')).toBe(before);
  });

  it('S4-06: the scopes read and write can be requested alone and together', async () => {
    const client = await server.client();
    for (const scope of ['read', 'write', 'read write']) {
      const { body } = await server.token({ grant_type: 'client_credentials', scope }, client);
      expect(body.scope).toBe(scope);
    }
  });
});
