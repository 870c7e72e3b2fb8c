import { url as inspectorUrl } from 'node:inspector';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ensureConsoleScopes } from '../oauth/clients/console-client.ts';
import { ensureSigningKeys } from '../oauth/keys/signing-key-rotation.ts';
import type { Database } from '../store/connection/database.ts';
import { Refusal } from '../store/connection/refusal.ts';
import type { StartedDatabase } from '../store/start-database.ts';
import { demoPasswordsInUse } from './demo-credentials.ts';
import { prepareAdministrator } from './first-administrator.ts';

export interface StartOptions {
  /** Prints start-up details for the operator once the server is ready. */
  readonly out: (text: string) => void;
  readonly log: Logger;
  /** True if another process has already prepared the database and the first administrator. */
  readonly prepared?: boolean;
}

/** Anyone who can connect to the inspector's port can read every key in memory. */
export function refuseInspector({ production }: Config): void {
  if (production && inspectorUrl() !== undefined)
    throw new Refusal(
      'The Node.js inspector is enabled. With NODE_ENV=production Gatehouse does not start: remove --inspect, also from NODE_OPTIONS.',
    );
}

/** Refuses to serve demo passwords on a public address, and warns if other machines can reach the socket. */
async function refuseDemoPasswords(
  { issuerIsLoopback, issuer, host }: Config,
  { sql }: Database,
  log: Logger,
  now: Date,
): Promise<void> {
  const exposed = !issuerIsLoopback || !/^(127\.|::1$|localhost$)/.test(host);
  const known = exposed ? await demoPasswordsInUse(sql, now) : [];
  if (known.length === 0) return;
  const problem = `Well-known demo passwords are in use by ${known.join(', ')}`;
  if (!issuerIsLoopback)
    throw new Refusal(
      `${problem}. They are not allowed on ${issuer}: change the passwords or delete the demo data first.`,
    );
  log.warn(`${problem}, and HOST=${host} allows connections from other machines.`);
}

/** The part of a start that happens once, for any number of workers. Returns the ticket of the set-up link, if one is needed. */
export async function prepare(
  config: Config,
  { database, keyring }: StartedDatabase,
  log: Logger,
  now: Date,
): Promise<string | undefined> {
  await refuseDemoPasswords(config, database, log, now);
  await ensureConsoleScopes(database.sql);
  await ensureSigningKeys({ sql: database.sql, keyring, now });
  return prepareAdministrator(config, database, now);
}

/** With PORT=0 the system chooses a port, and the default issuer uses that port. */
export function withPort(config: Config, port: number): Config {
  const issuer = config.issuer === 'http://localhost:0' ? `http://localhost:${port}` : config.issuer;
  return Object.freeze({ ...config, port, issuer });
}
