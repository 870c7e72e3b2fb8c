import { url as inspectorUrl } from 'node:inspector';
import type { Logger } from 'pino';
import { type Config, loadConfig } from './config.ts';
import { DomainError } from './directory/error.ts';
import { OPERATOR } from './directory/permissions.ts';
import { registerUser } from './directory/register-user.ts';
import { tellFailure } from './failure.ts';
import { createApp } from './http/app.ts';
import { answerUnreadable } from './http/unreadable.ts';
import { drain, listen, portOf } from './listen.ts';
import { makeLog } from './log.ts';
import { knownPasswordsInUse } from './seed.ts';
import type { Database } from './store/orm.ts';
import { Refusal } from './store/refusal.ts';
import { hasSuperuser, issueSetupTicket } from './store/setup-ticket.ts';
import { startDatabase } from './store/start-database.ts';
import { sweepRegularly } from './sweeper.ts';

/** Milliseconds after which a stop that hangs is cut short. */
const PATIENCE = 9500;

export interface Gatehouse {
  /** Where it listens; what it calls itself is `config.issuer`. */
  readonly url: string;
  /** As given, but with the port it really has. */
  readonly config: Config;
  readonly database: Database;
  /** For the operator's eyes, never for a log: who opens it makes the first administrator. */
  readonly setupLink: string | undefined;
  close(): Promise<void>;
}

export interface StartOptions {
  /** For people, once it is ready. */
  readonly out: (text: string) => void;
  readonly log: Logger;
}

/** Database, first administrator, app, socket; `close` undoes them in reverse. */
export async function startGatehouse(given: Config, { out, log }: StartOptions): Promise<Gatehouse> {
  refuseInspector(given);
  if (given.insecureHttp) log.warn('INSECURE_HTTP=1: passwords and tokens travel in clear. Never in production.');
  const started = await startDatabase(given);
  try {
    const { database, keyring } = started;
    await refuseKnownPasswords(given, database, log);
    const ticket = await prepareAdministrator(given, database, new Date());

    const server = await listen(given.host, given.port);
    const config = withPort(given, portOf(server));
    const handle = createApp({ config, database, keyring, log }).callback();
    server.on('request', (request, response) => void handle(request, response));
    // RFC 9110 §10.1.1: an expectation that nobody here knows may be passed over.
    server.on('checkExpectation', (request, response) => void handle(request, response));
    server.on('clientError', answerUnreadable(config));
    const setupLink = ticket === undefined ? undefined : `${config.issuer}/setup?ticket=${ticket}`;
    const stopSweeping = sweepRegularly(config, database, log, () => new Date());
    const close = async () => {
      await drain(server);
      await stopSweeping();
      await started.close();
    };
    const gatehouse = { url: address(config), config, database, setupLink, close };
    out(`${greeting(gatehouse)}\n`);
    return gatehouse;
  } catch (error) {
    await started.close();
    throw error;
  }
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

/** The first administrator comes from ADMIN_USERNAME, or else through the set-up link whose ticket is returned. */
async function prepareAdministrator({ admin }: Config, { sql, em }: Database, now: Date): Promise<string | undefined> {
  if (!admin) return issueSetupTicket(sql, now);
  if (await hasSuperuser(sql)) return undefined;
  const actor = { caller: OPERATOR, now, origin: { ip: undefined, requestId: undefined } };
  try {
    await registerUser(em(), actor, { username: admin.username, password: admin.password, superuser: true });
  } catch (error) {
    // Another node that started at the same moment was first.
    if (await hasSuperuser(sql)) return undefined;
    throw error instanceof DomainError ? new Refusal(`ADMIN_USERNAME, ADMIN_PASSWORD: ${error.message}.`) : error;
  }
  return undefined;
}

/** PORT=0 means any free one: the default issuer then follows the port. */
function withPort(config: Config, port: number): Config {
  const issuer = config.issuer === 'http://localhost:0' ? `http://localhost:${port}` : config.issuer;
  return Object.freeze({ ...config, port, issuer });
}

function address({ host, port }: Config): string {
  const name = /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** What a person at the terminal wants to know. */
function greeting({ config: { issuer, graphiql }, setupLink }: Gatehouse): string {
  const lines = [`Gatehouse is ready at ${issuer}`];
  if (graphiql) lines.push(`  GraphiQL:  ${issuer}/graphiql`);
  if (setupLink !== undefined)
    lines.push(`  Set-up:    ${setupLink}`, '             makes the first administrator; works once, within one hour');
  return lines.join('\n');
}

function facts({ url, config: { issuer, graphiql }, setupLink }: Gatehouse): string {
  const optional = {
    ...(graphiql ? { graphiql: `${issuer}/graphiql` } : {}),
    ...(setupLink ? { setup: setupLink } : {}),
  };
  return JSON.stringify({ issuer, listening: url, ...optional });
}

/** The process: starts, stops at a signal, and ends with 1 when something went wrong. */
export async function serve(env: NodeJS.ProcessEnv, json = false): Promise<void> {
  const config = loadConfig(env);
  // Node would open its inspector.
  if (config.production) process.on('SIGUSR1', () => {});
  const log = makeLog(config.logLevel);
  const print = (text: string) => void process.stdout.write(text);
  const starting = startGatehouse(config, { out: json ? () => {} : print, log });
  stopWhenTold(starting, log);
  const gatehouse = await starting;
  if (json) print(`${facts(gatehouse)}\n`);
}

function stopWhenTold(starting: Promise<Gatehouse>, log: Logger): void {
  let stopping = false;
  const stop = async (code: number) => {
    // Asked twice: whoever asks does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), PATIENCE).unref();
    await starting.then(
      ({ close }) => close(),
      () => {},
    );
    process.exit(code);
  };
  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  const failed = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected error: stopping');
    if (!stopping) void stop(1);
  };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
}

if (import.meta.main) await serve(process.env).catch((error: unknown) => tellFailure(error));
