import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import { compareKeys } from '../store/key-check.ts';
import { makeReadiness } from '../store/readiness.ts';
import { hasSuperuser } from '../store/setup-ticket.ts';
import { findSigningKeys } from '../store/signing-keys.ts';
import { type StartedDatabase, startDatabase } from '../store/start-database.ts';
import { countExpired, retentionOf } from '../store/sweep.ts';
import { knownPasswordsInUse } from './demo-credentials.ts';

/** `warning`: it works, but somebody should know. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly told: string;
}

const ok = (check: string, told: string): Finding => ({ check, state: 'ok', told });
const warning = (check: string, told: string): Finding => ({ check, state: 'warning', told });
const wrong = (check: string, told: string): Finding => ({ check, state: 'wrong', told });

/** Rows whose time is over: more of them, and nobody sweeps, or not fast enough. */
const SWEEP_BEHIND = 100_000;

/** Looks at all that keeps a server from serving well, and changes nothing. */
export async function examine(env: NodeJS.ProcessEnv, now: Date): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig({ ...env, MIGRATE: 'check' });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => wrong('configuration', fault));
    throw error;
  }
  return [ok('configuration', 'every setting has its form'), ...addressOf(config), ...(await databaseOf(config, now))];
}

function addressOf({ issuer, issuerIsLoopback, insecureHttp, trustProxy, production }: Config): Finding[] {
  const found: Finding[] = [];
  if (issuerIsLoopback) found.push(warning('address', `${issuer}: only this machine can use it`));
  else if (insecureHttp) found.push(wrong('address', `${issuer}: passwords and tokens travel in clear`));
  else found.push(ok('address', issuer));
  if (!issuerIsLoopback && !trustProxy)
    found.push(warning('address', 'TRUST_PROXY is off: behind a proxy everybody seems to come from it'));
  if (!issuerIsLoopback && !production) found.push(warning('address', 'NODE_ENV is not production'));
  return found;
}

async function databaseOf(config: Config, now: Date): Promise<Finding[]> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'database')))
    return [warning('database', `there is none in ${dataDir} yet: the first start makes it`)];
  let started: StartedDatabase;
  try {
    started = await startDatabase(config, compareKeys);
  } catch (error) {
    return [notStarted(error)];
  }
  try {
    return [
      ok('database', databaseUrl === undefined ? `embedded, in ${dataDir}` : 'PostgreSQL answers, and is new enough'),
      ...(databaseUrl === undefined ? [warning('database', 'embedded: it survives no power failure')] : []),
      ...(await contentsOf(config, started, now)),
    ];
  } finally {
    await started.close();
  }
}

function notStarted(error: unknown): Finding {
  if (error instanceof Refusal)
    return (/ is in use by /.test(error.message) ? warning : wrong)('database', error.message);
  if (error instanceof Error && isTransientError(error))
    return wrong('database', `it cannot be reached: ${error.message.split('\n', 1)[0]}`);
  throw error;
}

/** Migrations and SECRET_KEY were looked at when it was opened. */
async function contentsOf(config: Config, { database, keyring }: StartedDatabase, now: Date): Promise<Finding[]> {
  const { sql } = database;
  const hindrance = await makeReadiness(database, keyring)(now);
  const found = [
    hindrance === undefined
      ? ok('readiness', 'migrations, SECRET_KEY and clock are right')
      : wrong('readiness', hindrance),
  ];
  const signing = (await findSigningKeys(sql, now)).filter(({ signs_from }) => signs_from <= now);
  found.push(
    signing.length > 0
      ? ok('signing keys', `${[...new Set(signing.map(({ algorithm }) => algorithm))].join(', ')}`)
      : warning('signing keys', 'there is none yet: the first start makes them'),
  );
  found.push(
    (await hasSuperuser(sql))
      ? ok('administrator', 'there is one')
      : warning('administrator', 'there is none yet: the start prints a link that makes one'),
  );
  const known = await knownPasswordsInUse(sql, now);
  const told = `everybody knows the password of ${known.join(', ')}`;
  if (known.length === 0) found.push(ok('demo data', 'no password of it is in use'));
  else found.push((config.issuerIsLoopback ? warning : wrong)('demo data', told));
  const left = Object.values(await countExpired(sql, now, retentionOf(config))).reduce((sum, count) => sum + count, 0);
  found.push((left > SWEEP_BEHIND ? warning : ok)('sweep', `${left} expired rows are left`));
  return found;
}
