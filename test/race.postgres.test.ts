import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { registerClient } from '../src/oauth/client-registration.ts';
import { type Database, openDatabase } from '../src/store/orm.ts';
import { answerIn, codeRequest, sentTo } from './support/authorize.ts';
import { Browser } from './support/browser.ts';
import { migratedDatabase, type TestDatabase } from './support/database.ts';
import { registerPerson, type TestClient, testRegistration, theOperator } from './support/fixtures.ts';
import { freePort } from './support/postgres.ts';
import { type GatehouseProcess, startServerProcess } from './support/process.ts';
import { type Answer, read, send } from './support/send.ts';
import { exchange, refreshing, type TokenPair } from './support/token-forms.ts';

const ROUNDS = 10;
const AT_ONCE = 50;

/** Two processes of the server on one database, which share nothing else but the key and the name. */
let home: TestDatabase;
let database: Database;
let processes: GatehouseProcess[];
let nodes: string[];
let issuer: string;
let client: TestClient;
let browser: Browser;

beforeAll(async () => {
  home = await migratedDatabase();
  const ports = [await freePort(), await freePort()];
  issuer = `http://localhost:${ports[0]}`;
  const env = { ...home.env, ISSUER: issuer, LOG_LEVEL: 'warn' };
  processes = ports.map((port) => startServerProcess({ ...env, PORT: String(port) }));
  nodes = ports.map((port) => `http://127.0.0.1:${port}`);
  await Promise.all(processes.map((process) => process.printed(/ready at/)));

  database = await openDatabase({ url: loadConfig(env).databaseUrl ?? '' });
  const registered = await registerClient(database.em(), theOperator(), testRegistration());
  client = { clientId: registered.client.clientId, secret: registered.secret ?? '' };
  const user = await registerPerson(database, {});
  browser = new Browser(issuer, (path, init) => ask(0, path, init));
  const login = await browser.get(codeRequest(client));
  const consent = await browser.submit(login, { username: user.username, password: user.password });
  await browser.submit(consent, {}, 'allow');
});

afterAll(async () => {
  for (const process of processes) process.kill('SIGTERM');
  const codes = await Promise.all(processes.map(({ exit }) => exit));
  await database.close();
  await home.remove();
  expect(codes).toEqual([0, 0]);
});

/** One request to one of the two, under the name both go by. */
const ask = (node: number, path: string, init?: RequestInit): Promise<Response> =>
  send(nodes[node % 2] ?? '', new URL(issuer).host, path, init);

async function token(node: number, form: Record<string, string>): Promise<Answer> {
  const headers = { Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` };
  return read(await ask(node, '/oauth/token', { method: 'POST', headers, body: new URLSearchParams(form) }));
}

const atOnce = (form: Record<string, string>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => token(index, form)));

/** The consent is remembered: the browser is sent back at once. */
const newCode = async (): Promise<string> => answerIn(sentTo(await browser.get(codeRequest(client)))).code ?? '';

async function bearerStatus(node: number, accessToken: string): Promise<number> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` };
  const body = JSON.stringify({ query: '{ viewer { id } }' });
  return (await ask(node, '/graphql', { method: 'POST', headers, body })).status;
}

/** How many there are of each `status error`. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = status === 200 ? '200' : `${status} ${body.error}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

/** Authorizations under which a refresh token could still be spent more than once, or a revoked one's token still lives. */
const AUDIT = `
  SELECT a.id FROM authorizations a WHERE
    (SELECT count(*) FROM refresh_tokens r WHERE r.authorization_id = a.id AND r.used_at IS NULL) > 1 OR
    (SELECT count(*) FROM refresh_tokens r WHERE r.authorization_id = a.id AND r.parent_id IS NULL) > 1`;

describe('RFC 6749 §4.1.2: one code, fifty exchanges at once, two processes', () => {
  it.each(rounds)('N263, T10: round %i: exactly one wins, and nobody keeps a live token', async () => {
    const answers = await atOnce(exchange(await newCode()));
    expect(tally(answers)).toEqual({ '200': 1, '400 invalid_grant': AT_ONCE - 1 });
    const pair: TokenPair = answers.find(({ status }) => status === 200)?.body;
    for (const node of [0, 1]) {
      expect(await bearerStatus(node, pair.access_token)).toBe(401);
      expect(tally([await token(node, refreshing(pair.refresh_token))])).toEqual({ '400 invalid_grant': 1 });
    }
  });
});

describe('RFC 9700 §4.14.2: one refresh token, fifty uses at once, two processes', () => {
  it.each(rounds)('F100, F101: round %i: inside the grace all get the same tokens, and one leaf lives', async () => {
    const { body: first } = await token(0, exchange(await newCode()));
    const answers = await atOnce(refreshing(first.refresh_token));
    expect(tally(answers)).toEqual({ '200': AT_ONCE });
    expect(new Set(answers.map(({ body }) => `${body.access_token} ${body.refresh_token}`)).size).toBe(1);

    const pair: TokenPair = answers[0]?.body;
    for (const node of [0, 1]) expect(await bearerStatus(node, pair.access_token)).toBe(200);
    expect((await token(1, refreshing(pair.refresh_token))).status).toBe(200);
  });

  it('no authorization has two leaves, and nothing went wrong on the way', async () => {
    expect(await database.em().execute(AUDIT)).toEqual([]);
    for (const { stderr } of processes) expect(stderr).toBe('');
  });
});
