import { url as inspectorUrl } from 'node:inspector';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ensureConsoleScopes } from '../oauth/clients/console-client.ts';
import { ensureSigningKeys } from '../oauth/keys/signing-key-rotation.ts';
import type { Database } from '../store/connection/database.ts';
import { Refusal } from '../store/connection/refusal.ts';
import type { StartedDatabase } from '../store/start-database.ts';
import { knownPasswordsInUse } from './demo-credentials.ts';
import { prepareAdministrator } from './first-administrator.ts';

export interface StartOptions {
  /** For people, once it is ready. */
  readonly out: (text: string) => void;
  readonly log: Logger;
  /** The process that started this one has seen to the database and the first administrator. */
  readonly prepared?: boolean;
}

/** Whoever reaches an inspector's port reads every key in memory. */
export function refuseInspector({ production }: Config): void {
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
  now: Date,
): Promise<void> {
  const exposed = !issuerIsLoopback || !/^(127\.|::1$|localhost$)/.test(host);
  const known = exposed ? await knownPasswordsInUse(sql, now) : [];
  if (known.length === 0) return;
  const told = `The demo data's passwords are known to everybody, and ${known.join(', ')} still has one`;
  if (!issuerIsLoopback) throw new Refusal(`${told}: not on ${issuer}. Change or delete them first.`);
  log.warn(`${told}, while HOST=${host} lets other machines in.`);
}

/** What is done once however many processes are to serve. Answers with the ticket of the set-up link, if there is to be one. */
export async function prepare(
  config: Config,
  { database, keyring }: StartedDatabase,
  log: Logger,
  now: Date,
): Promise<string | undefined> {
  await refuseKnownPasswords(config, database, log, now);
  await ensureConsoleScopes(database.sql);
  await ensureSigningKeys({ sql: database.sql, keyring, now });
  return prepareAdministrator(config, database, now);
}

/** PORT=0 means any free one: the default issuer then follows the port. */
export function withPort(config: Config, port: number): Config {
  const issuer = config.issuer === 'http://localhost:0' ? `http://localhost:${port}` : config.issuer;
  return Object.freeze({ ...config, port, issuer });
}
