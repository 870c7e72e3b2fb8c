import cluster from 'node:cluster';
import { url as inspectorUrl } from 'node:inspector';
import type { Logger } from 'pino';
import { type Config, loadConfig } from '../config.ts';
import type { LiveEvents } from '../graphql/subscriptions/live-events.ts';
import { createApp } from '../http/app.ts';
import { answerUnreadable } from '../http/client-error.ts';
import { makeBackchannelLogout } from '../http/operations/backchannel-logout.ts';
import { makeLog } from '../log.ts';
import { ensureSigningKeys } from '../oauth/keys/signing-key-rotation.ts';
import { makeSigningKeys } from '../oauth/keys/signing-keys.ts';
import type { Database } from '../store/connection/database.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { type StartedDatabase, startDatabase } from '../store/start-database.ts';
import { knownPasswordsInUse } from './demo-credentials.ts';
import { prepareAdministrator } from './first-administrator.ts';
import { answerWith, drain, freePort, listen, portOf } from './listen.ts';
import { sweepRegularly } from './maintenance.ts';
import { type Close, stopWhenTold } from './shutdown.ts';
import { facts, greeting, type Started, whatStarted } from './startup-message.ts';
import { startWorkers, tellListening } from './workers.ts';

export interface Gatehouse extends Started {
  readonly database: Database;
  readonly close: Close;
}

export interface StartOptions {
  /** For people, once it is ready. */
  readonly out: (text: string) => void;
  readonly log: Logger;
  /** The process that started this one has seen to the database and the first administrator. */
  readonly prepared?: boolean;
}

/** Database, first administrator, app, socket; `close` undoes them in reverse. */
export async function startGatehouse(given: Config, { out, log, prepared = false }: StartOptions): Promise<Gatehouse> {
  refuseInspector(given);
  if (given.insecureHttp) log.warn('INSECURE_HTTP=1: passwords and tokens travel in clear. Never in production.');
  const started = await startDatabase(given);
  try {
    const { database, keyring } = started;
    const ticket = prepared ? undefined : await prepare(given, started, log);
    const server = await listen(given.host, given.port);
    const config = withPort(given, portOf(server));
    const stopping = new AbortController();
    let live: Promise<LiveEvents> | undefined;
    const subscriptions = () => (live = loadLiveEvents(database, log, stopping.signal));
    const signingKeys = makeSigningKeys(database.sql, keyring);
    const backchannel = makeBackchannelLogout({ sql: database.sql, config, signingKeys, log });
    const parts = { config, database, keyring, signingKeys, backchannel, log };
    const app = createApp({ ...parts, live: subscriptions, stopping: stopping.signal });
    answerWith(server, app.callback(), stopping.signal);
    server.on('clientError', answerUnreadable(config));
    const stopSweeping = sweepRegularly(parts, () => new Date());
    const close = async () => {
      stopping.abort();
      // A stream ends only when it is told to.
      const [whole] = await Promise.all([
        drain(server),
        live?.then(
          ({ close: end }) => end(),
          () => {},
        ),
      ]);
      await stopSweeping();
      await backchannel.stop();
      await started.close();
      return whole;
    };
    const gatehouse = { ...whatStarted(config, ticket), database, close };
    out(`${greeting(gatehouse)}\n`);
    return gatehouse;
  } catch (error) {
    await started.close();
    throw error;
  }
}

/** With GraphQL, which nobody may ever ask for. What is loaded for a request at the very end begins nothing more. */
async function loadLiveEvents(database: Database, log: Logger, stopping: AbortSignal): Promise<LiveEvents> {
  const { makeLiveEvents } = await import('../graphql/subscriptions/live-events.ts');
  const live = makeLiveEvents({ database, log, clock: () => new Date() });
  if (stopping.aborted) await live.close();
  return live;
}

/** Whoever reaches an inspector's port reads every key in memory. */
function refuseInspector({ production }: Config): void {
  if (production && inspectorUrl() !== undefined)
    throw new Refusal(
      'The inspector is on (--inspect, perhaps in NODE_OPTIONS): with NODE_ENV=production Gatehouse does not start.',
    );
}

/** Demo data belongs on a machine of one's own: not on a public address, and aloud where others may reach the socket. */
async function refuseKnownPasswords(
  { issuerIsLoopback, issuer, host }: Config,
  { sql }: Database,
  log: Logger,
): Promise<void> {
  const exposed = !issuerIsLoopback || !/^(127\.|::1$|localhost$)/.test(host);
  const known = exposed ? await knownPasswordsInUse(sql, new Date()) : [];
  if (known.length === 0) return;
  const told = `The demo data's passwords are known to everybody, and ${known.join(', ')} still has one`;
  if (!issuerIsLoopback) throw new Refusal(`${told}: not on ${issuer}. Change or delete them first.`);
  log.warn(`${told}, while HOST=${host} lets other machines in.`);
}

/** What is done once however many processes are to serve. Answers with the ticket of the set-up link, if there is to be one. */
async function prepare(
  config: Config,
  { database, keyring }: StartedDatabase,
  log: Logger,
): Promise<string | undefined> {
  await refuseKnownPasswords(config, database, log);
  await ensureSigningKeys({ sql: database.sql, keyring, now: new Date() });
  return prepareAdministrator(config, database, new Date());
}

/** PORT=0 means any free one: the default issuer then follows the port. */
function withPort(config: Config, port: number): Config {
  const issuer = config.issuer === 'http://localhost:0' ? `http://localhost:${port}` : config.issuer;
  return Object.freeze({ ...config, port, issuer });
}

/** Several processes on one port; this one prepares, supervises them and answers nobody. */
async function startWithWorkers(given: Config, workers: number, { out, log }: StartOptions) {
  if (given.databaseUrl === undefined)
    throw new Refusal('--workers needs DATABASE_URL: the embedded database belongs to one process.');
  refuseInspector(given);
  const prepared = await startDatabase(given);
  let ticket: string | undefined;
  try {
    ticket = await prepare(given, prepared, log);
  } finally {
    await prepared.close();
  }
  const port = await freePort(given.host, given.port);
  const { close } = await startWorkers(workers, port, log);
  const started = whatStarted(withPort(given, port), ticket);
  out(`${greeting(started)}\n`);
  return { ...started, close };
}

export interface ServeOptions {
  readonly json?: boolean;
  readonly workers?: number;
}

/** The process: starts, stops when told, and ends with 1 when something went wrong. */
export async function serve(env: NodeJS.ProcessEnv, { json = false, workers = 1 }: ServeOptions = {}): Promise<void> {
  const config = loadConfig(env);
  // Node would open its inspector.
  if (config.production) process.on('SIGUSR1', () => {});
  const log = makeLog(config.logLevel);
  const print = (text: string) => void process.stdout.write(text);
  const options = { out: json || cluster.isWorker ? () => {} : print, log, prepared: cluster.isWorker };
  const starting: Promise<Started & { readonly close: Close }> =
    workers > 1 && cluster.isPrimary ? startWithWorkers(config, workers, options) : startGatehouse(config, options);
  stopWhenTold(starting, log);
  const started = await starting;
  if (cluster.isWorker) tellListening();
  else if (json) print(`${facts(started)}\n`);
}
