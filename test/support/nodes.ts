import { loadConfig } from '../../src/config.ts';
import { registerClient } from '../../src/oauth/registration/register.ts';
import { codeRequest, responseParams, sentTo } from './authorize.ts';
import { Browser } from './browser.ts';
import { type DatabaseWithEm, openDatabase } from './database-with-em.ts';
import type { Address } from './event-stream.ts';
import { registerTestUser, type TestClient, testRegistration, theOperator } from './fixtures.ts';
import { freePort } from './postgres.ts';
import { type GatehouseProcess, startServerProcess } from './process.ts';
import { read, send, type TestResponse } from './send.ts';

/** Server processes that share the database, the key and the issuer. */
export interface Nodes {
  readonly processes: GatehouseProcess[];
  readonly ports: readonly number[];
  /** The host of the issuer. */
  readonly host: string;
  /** A separate connection to their database. */
  readonly database: DatabaseWithEm;
  readonly client: TestClient;
  /** Sends a request to one node (modulo the number of nodes) with the host of the issuer. */
  request(node: number, path: string, init?: RequestInit): Promise<Response>;
  /** Sends a form as the client. */
  post(node: number, path: string, form: Record<string, string>, signal?: AbortSignal): Promise<TestResponse>;
  /** Gets a code without prompts, because the user's consent is remembered. */
  newCode(node?: number): Promise<string>;
  /** Restarts a node that has exited. */
  restart(node: number): Promise<void>;
  /** The address of a node. */
  address(node: number): Address;
  /** Stops all nodes. Returns their exit codes. */
  stop(): Promise<(number | null)[]>;
}

export async function startNodes(env: Record<string, string>, count = 2): Promise<Nodes> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  const issuer = `http://localhost:${ports[0]}`;
  const all = { ISSUER: issuer, LOG_LEVEL: 'warn', RATE_LIMITS: 'off', ...env };
  const start = (port: number) => startServerProcess({ ...all, PORT: String(port) });
  const processes = ports.map(start);
  await Promise.all(processes.map((process) => process.printed(/ready at/)));

  const request: Nodes['request'] = (node, path, init) =>
    send(`http://127.0.0.1:${ports[node % count]}`, new URL(issuer).host, path, init);

  const database = await openDatabase({ url: loadConfig(all).databaseUrl ?? '' });
  const registration = { ...testRegistration(), servicePermissions: ['INTROSPECT' as const] };
  const registered = await registerClient(database.em(), theOperator(), registration);
  const client = { clientId: registered.client.clientId, secret: registered.secret ?? '' };
  const browserAt = (node: number) => new Browser(issuer, (path, init) => request(node, path, init));
  const browser = browserAt(0);
  const user = await registerTestUser(database, {});
  const login = await browser.get(codeRequest(client));
  const consent = await browser.submit(login, { username: user.username, password: user.password });
  await browser.submit(consent, {}, 'allow');

  return {
    processes,
    ports,
    host: new URL(issuer).host,
    database,
    client,
    request,
    async post(node, path, form, signal) {
      const headers = { Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` };
      const init = { method: 'POST', headers, body: new URLSearchParams(form) };
      return read(await request(node, path, signal ? { ...init, signal } : init));
    },
    async newCode(node = 0) {
      const there = browserAt(node);
      for (const [name, value] of browser.cookies) there.cookies.set(name, value);
      return responseParams(sentTo(await there.get(codeRequest(client)))).code ?? '';
    },
    async restart(node) {
      const process = start(ports[node % count] ?? 0);
      processes[node % count] = process;
      await process.printed(/ready at/);
    },
    address: (node) => ({ at: `http://127.0.0.1:${ports[node % count]}`, host: new URL(issuer).host }),
    async stop() {
      for (const process of processes) process.kill('SIGTERM');
      const codes = await Promise.all(processes.map(({ exit }) => exit));
      await database.close();
      return codes;
    },
  };
}
