import cluster from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Config, loadConfig } from '../config.ts';
import type { LiveEvents } from '../graphql/subscriptions/live-events.ts';
import { createApp } from '../http/app.ts';
import { handleClientError } from '../http/client-error.ts';
import { makeBackchannelLogout } from '../http/operations/backchannel-logout.ts';
import { makeMetricsReport, metricsListener } from '../http/operations/metrics.ts';
import { makeMeasurements } from '../http/operations/metrics-registry.ts';
import { makeLog } from '../log.ts';
import { makeSigningKeys } from '../oauth/keys/signing-keys.ts';
import type { Database } from '../store/connection/database.ts';
import { makeReadiness } from '../store/readiness.ts';
import { startDatabase } from '../store/start-database.ts';
import { drain, listen, portOf, serveRequests } from './listen.ts';
import { startMaintenance } from './maintenance.ts';
import { openMetricsPort } from './metrics-port.ts';
import { prepare, refuseInspector, type StartOptions, withPort } from './prepare.ts';
import { type Close, stopOnSignal } from './shutdown.ts';
import { describeStart, type Started, startupFacts, startupMessage } from './startup-message.ts';
import { addressOf, superviseDatabase } from './supervise-database.ts';
import { reportListening, startWithWorkers } from './workers.ts';

export interface Gatehouse extends Started {
  readonly database: Database;
  readonly close: Close;
}

/** Starts database, first administrator, app and socket. `close` stops them in reverse order. */
export async function startGatehouse(given: Config, { out, log, prepared = false }: StartOptions): Promise<Gatehouse> {
  refuseInspector(given);
  if (given.insecureHttp)
    log.warn('INSECURE_HTTP=1: passwords and tokens are sent unencrypted. Never use this in production.');
  const started = await startDatabase(given);
  let closeMetrics = () => {};
  try {
    const { database, keyring } = started;
    const ticket = prepared ? undefined : await prepare(given, started, log, new Date());
    const signingKeys = makeSigningKeys(database.sql, keyring);
    const measurements = makeMeasurements();
    const metrics = makeMetricsReport(measurements.registry, { config: given, database, signingKeys });
    closeMetrics = await openMetricsPort(
      given,
      metricsListener(metrics, () => new Date(), log),
    );
    const server = await listen(given);
    const config = withPort(given, portOf(server));
    const stopping = new AbortController();
    let live: Promise<LiveEvents> | undefined;
    const subscriptions = () => (live = loadLiveEvents(database, log, stopping.signal));
    const backchannel = makeBackchannelLogout({ sql: database.sql, config, signingKeys, log, clock: () => new Date() });
    const parts = { config, database, keyring, signingKeys, backchannel, log, measurements, metrics };
    const app = createApp({ ...parts, live: subscriptions, stopping: stopping.signal });
    serveRequests(server, app.callback(), stopping.signal);
    server.on('clientError', handleClientError(config));
    const stopSupervising = superviseDatabase(
      {
        database,
        address: addressOf(config.databaseUrl, config.dataDir),
        readiness: makeReadiness(database, keyring),
        log,
      },
      () => new Date(),
      endStuckProcess,
    );
    const stopMaintenance = startMaintenance(parts, () => new Date());
    const close = async () => {
      stopping.abort();
      // Readiness is 503 from here on. Load balancers must see that before the port closes, however few are connected.
      await wait(config.shutdownNotice * 1000);
      // Event streams do not end by themselves.
      const [whole] = await Promise.all([
        drain(server),
        live?.then(
          ({ close: end }) => end(),
          () => {},
        ),
      ]);
      closeMetrics();
      stopSupervising();
      await stopMaintenance();
      await backchannel.stop();
      await started.close();
      return whole;
    };
    const gatehouse = { ...describeStart(config, ticket), database, close };
    out(`${startupMessage(gatehouse)}\n`);
    return gatehouse;
  } catch (error) {
    closeMetrics();
    await started.close();
    throw error;
  }
}

/** Thrown in a timer, so that the process exits as after every unexpected error and the process manager restarts it. */
function endStuckProcess(): never {
  throw new Error('All database connections have been in use for longer than any statement may take');
}

/** Loaded with the first GraphQL request. If the server is already stopping, closed at once. */
async function loadLiveEvents(database: Database, log: Logger, stopping: AbortSignal): Promise<LiveEvents> {
  const { makeLiveEvents } = await import('../graphql/subscriptions/live-events.ts');
  const live = makeLiveEvents({ database, log, clock: () => new Date() });
  if (stopping.aborted) await live.close();
  return live;
}

export interface ServeOptions {
  readonly json?: boolean;
  readonly workers?: number;
}

/** Runs the server process: starts it, stops it on a signal, and exits with 1 after an error. */
export async function serve(env: NodeJS.ProcessEnv, { json = false, workers = 1 }: ServeOptions = {}): Promise<void> {
  const config = loadConfig(env);
  // By default Node.js opens its inspector on SIGUSR1.
  if (config.production) process.on('SIGUSR1', () => {});
  const log = makeLog(config.logLevel);
  const print = (text: string) => void process.stdout.write(text);
  const options = { out: json || cluster.isWorker ? () => {} : print, log, prepared: cluster.isWorker };
  const starting: Promise<Started & { readonly close: Close }> =
    workers > 1 && cluster.isPrimary
      ? startWithWorkers(config, workers, options, new Date())
      : startGatehouse(config, options);
  stopOnSignal(starting, config.shutdownNotice, log);
  const started = await starting;
  if (cluster.isWorker) reportListening();
  else if (json) print(`${startupFacts(started)}\n`);
}
