import { type Config, loadConfig } from '../../src/config.ts';
import { makeLog } from '../../src/log.ts';
import type { ClientRegistration } from '../../src/oauth/registration/metadata.ts';
import { type ImportedClient, registerClient } from '../../src/oauth/registration/register.ts';
import { type Gatehouse, startGatehouse } from '../../src/process/serve.ts';
import { Browser } from './browser.ts';
import { migratedDatabase, sharedDatabase, type TestDatabase } from './database.ts';
import { type DatabaseWithEm, withEm } from './database-with-em.ts';
import { dumpOf, nextTransaction } from './dump.ts';
import {
  registerTestUser,
  type TestClient,
  type TestUser,
  type TestUserOptions,
  testRegistration,
  theOperator,
} from './fixtures.ts';
import { startRoundRobin } from './round-robin.ts';
import { expectNoSecret, keepName, keepSecret, keepSecretsIn } from './seen-secrets.ts';
import { read, send, type TestResponse } from './send.ts';

/** Options of an access token; `user: null` means client_credentials. */
export interface TokenOptions {
  readonly scopes?: readonly string[];
  readonly user?: TestUser | null;
  readonly client?: TestClient;
}

export interface GraphQLTestResponse extends TestResponse {
  /** Undefined if nothing was executed. */
  readonly extensions: { readonly cost: { readonly requested: number; readonly limit: number } } | undefined;
}

/** The whole server, running in this process. */
export interface TestServer {
  readonly url: string;
  readonly config: Config;
  readonly database: DatabaseWithEm;
  /** The start-up details printed for the operator. */
  readonly printed: string;
  /** All lines of the log so far. */
  readonly log: readonly string[];
  /** Like fetch, without following redirects. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** POST /oauth/token with a form, and Basic authentication if given. */
  token(form: Record<string, string> | URLSearchParams, basic?: TestClient): Promise<TestResponse>;
  /** Sends an operation. The extensions are separated from the body of the response. */
  graphql(query: string, token?: string, variables?: Record<string, unknown>): Promise<GraphQLTestResponse>;
  /** Registers a client as the operator, by default with every scope and grant except implicit, and without PKCE. */
  client(registration?: Partial<ClientRegistration>, imported?: ImportedClient): Promise<TestClient>;
  /** Registers a user as the operator. `permissions` adds the user to a new group that has them. */
  user(options?: TestUserOptions): Promise<TestUser>;
  /** Issues an access token with the password grant, for the given or a new user and client. */
  accessToken(options?: TokenOptions): Promise<string>;
  browser(): Browser;
  close(): Promise<void>;
}

/** Starts the server on a migrated database, or on the database `on`, which the test removes itself. */
export async function startServer(
  env: Record<string, string> = {},
  on?: TestDatabase,
  start = startGatehouse,
): Promise<TestServer> {
  const home = on ?? (await migratedDatabase());
  const log: string[] = [];
  const config = loadConfig({ PORT: '0', LOG_LEVEL: 'debug', SHUTDOWN_NOTICE: '0', ...home.env, ...env });
  const stream = { write: (line: string) => void log.push(line) };
  const printed: string[] = [];
  const gatehouse = await start(config, {
    out: (text) => void printed.push(text),
    log: makeLog(config.logLevel, stream),
  });
  keepSecretsIn(printed.join(''));
  for (const secret of [config.admin?.password, ...config.secretKeys]) keepSecret(secret);
  const since = home.shared ? await beginFile(withEm(gatehouse.database)) : '0';
  let open = true;
  return serverOn(gatehouse, printed.join(''), log, async () => {
    try {
      expectNoSecret('the log', log.join(''));
      // Other databases of a PostgreSQL server are searched when they are removed.
      if (open && (home.shared || gatehouse.database.embedded))
        expectNoSecret('the database', await dumpOf(withEm(gatehouse.database), since));
    } finally {
      open = false;
      await gatehouse.close();
      if (!on) await home.remove();
    }
  });
}

/**
 * Starts the server on the database that all test files of this worker share, which is faster. It still has the rows of earlier
 * files, except their failed attempts. Only one server can run at a time. Tests that count all rows, change rows of others or
 * move the clock need `startServer`.
 */
export const sharedServer = async (env: Record<string, string> = {}): Promise<TestServer> =>
  startServer(env, await sharedDatabase());

/** Like `startServer`, but with three nodes behind a round-robin proxy if the database supports several nodes. */
export const startRoundRobinServer = (): Promise<TestServer> => startServer({}, undefined, startRoundRobin);

/** Deletes the failed attempts of earlier files. Returns the first transaction of this file, whose rows are searched for secrets. */
async function beginFile(database: DatabaseWithEm): Promise<string> {
  await database.em().execute('DELETE FROM rate_limits');
  return nextTransaction(database);
}

function serverOn(gatehouse: Gatehouse, printed: string, log: string[], close: () => Promise<void>): TestServer {
  const { url, config } = gatehouse;
  const database = withEm(gatehouse.database);
  const request = (path: string, init?: RequestInit) => send(url, new URL(config.issuer).host, path, init);

  const token: TestServer['token'] = async (form, basic) => {
    const headers = basic ? { Authorization: `Basic ${btoa(`${basic.clientId}:${basic.secret}`)}` } : {};
    return read(await request('/oauth/token', { method: 'POST', body: new URLSearchParams(form), headers }));
  };

  const client: TestServer['client'] = async (registration = {}, imported = {}) => {
    const input = { ...testRegistration(), ...registration };
    const made = await registerClient(database.em(), theOperator(), input, imported);
    keepName(made.client.clientId);
    keepSecret(made.secret);
    return { clientId: made.client.clientId, secret: made.secret ?? '' };
  };

  const user: TestServer['user'] = (options = {}) => registerTestUser(database, options);

  return {
    url,
    config,
    database,
    printed,
    log,
    request,
    token,
    client,
    user,
    async graphql(query, bearer, variables) {
      const authorization = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
      const body = JSON.stringify({ query, ...(variables ? { variables } : {}) });
      const headers = { 'Content-Type': 'application/json', ...authorization };
      const response = await read(await request('/graphql', { method: 'POST', body, headers }));
      const { extensions, ...rest } = response.body;
      return { ...response, body: rest, extensions };
    },
    async accessToken({ scopes, user: owner, client: given } = {}) {
      const requester = given ?? (await client());
      const scope = scopes ? { scope: scopes.join(' ') } : {};
      const { username, password } = owner ?? (owner === null ? { username: '', password: '' } : await user());
      const grant =
        owner === null ? { grant_type: 'client_credentials' } : { grant_type: 'password', username, password };
      const { status, body } = await token({ ...grant, ...scope }, requester);
      if (status !== 200) throw new Error(`No token: ${status} ${JSON.stringify(body)}`);
      return body.access_token;
    },
    browser: () => new Browser(config.issuer, request),
    close,
  };
}
