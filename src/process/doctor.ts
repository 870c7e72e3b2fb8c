import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import { makeSigningKeys } from '../oauth/keys/signing-keys.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { statement } from '../store/connection/sql.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import { compareKeys } from '../store/key-check.ts';
import { makeReadiness } from '../store/readiness.ts';
import { hasSuperuser } from '../store/setup-ticket.ts';
import { type StartedDatabase, startDatabase } from '../store/start-database.ts';
import { countExpired, retentionOf } from '../store/sweep.ts';
import { demoPasswordsInUse } from './demo-credentials.ts';

/** `warning`: Gatehouse works, but the operator should look at this. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly message: string;
}

const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message });
const warning = (check: string, message: string): Finding => ({ check, state: 'warning', message });
const problem = (check: string, message: string): Finding => ({ check, state: 'error', message });

/** With more expired rows than this, the sweep does not run or is too slow. */
const SWEEP_BEHIND = 100_000;

/**
 * Seconds by which the visibility of a commit that waits for a standby can be delayed, with the defaults of Patroni (`ttl`,
 * `loop_wait`).
 */
const FAIL_OVER = 30 + 10 + 5;

const readStandbys = statement<{ synchronous: boolean }>(
  'read-synchronous-standbys',
  "SELECT current_setting('synchronous_standby_names') <> '' AS synchronous",
);

/** Checks everything that a server needs to work well. Changes nothing. */
export async function examine(env: NodeJS.ProcessEnv, now: Date): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig({ ...env, MIGRATE: 'check' });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((message) => problem('configuration', message));
    throw error;
  }
  return [ok('configuration', 'all settings are valid'), ...addressOf(config), ...(await databaseOf(config, now))];
}

function addressOf({ issuer, issuerIsLoopback, insecureHttp, trustProxy, production }: Config): Finding[] {
  const found: Finding[] = [];
  if (issuerIsLoopback) found.push(warning('address', `${issuer} can only be used on this machine`));
  else if (insecureHttp)
    found.push(problem('address', `${issuer} is plain http: passwords and tokens are sent unencrypted`));
  else found.push(ok('address', issuer));
  if (!issuerIsLoopback && !trustProxy)
    found.push(
      warning('address', 'TRUST_PROXY is not set: behind a proxy all requests seem to come from the same address'),
    );
  if (!issuerIsLoopback && !production) found.push(warning('address', 'NODE_ENV is not production'));
  return found;
}

async function databaseOf(config: Config, now: Date): Promise<Finding[]> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'database')))
    return [warning('database', `no database in ${dataDir} yet; the first start creates it`)];
  let started: StartedDatabase;
  try {
    started = await startDatabase(config, compareKeys);
  } catch (error) {
    return [notStarted(error)];
  }
  try {
    return [
      ok(
        'database',
        databaseUrl === undefined ? `embedded, in ${dataDir}` : 'PostgreSQL is reachable, and its version is supported',
      ),
      ...(databaseUrl === undefined
        ? [warning('database', 'embedded: recent changes can be lost in a power failure')]
        : []),
      ...(await contentsOf(config, started, now)),
    ];
  } finally {
    await started.close();
  }
}

function notStarted(error: unknown): Finding {
  if (error instanceof Refusal)
    return (/ is in use by /.test(error.message) ? warning : problem)('database', error.message);
  if (error instanceof Error && isTransientError(error))
    return problem('database', `unreachable: ${error.message.split('\n', 1)[0]}`);
  throw error;
}

/** For example, if its disk is full or it is read-only. */
function unavailable(error: unknown): string {
  if (!isTransientError(error)) throw error;
  return `the database cannot be written: ${(error as Error).message.split('\n', 1)[0]}`;
}

const findPublicPasswordClients = statement<{ client_id: string }>(
  'find-public-password-clients',
  `SELECT client_id FROM clients
   WHERE token_endpoint_auth_method = 'none' AND 'password' = ANY (grant_types) ORDER BY client_id`,
);

/** Opening the database has already checked the migrations and SECRET_KEY. */
async function contentsOf(config: Config, { database, keyring }: StartedDatabase, now: Date): Promise<Finding[]> {
  const { sql } = database;
  const failure = await makeReadiness(database, keyring)(now).catch(unavailable);
  const found = [
    failure === undefined
      ? ok('readiness', 'migrations, SECRET_KEY and clock are correct')
      : problem('readiness', failure),
  ];
  const signing = (await makeSigningKeys(sql, keyring).published(now)).filter(({ signsFrom }) => signsFrom <= now);
  found.push(
    signing.length > 0
      ? ok('signing keys', `${[...new Set(signing.map(({ algorithm }) => algorithm))].join(', ')}`)
      : warning('signing keys', 'none yet; the first start creates them'),
  );
  found.push(
    (await hasSuperuser(sql))
      ? ok('administrator', 'exists')
      : warning('administrator', 'none yet; the server prints a set-up link when it starts'),
  );
  const guessable = (await sql(findPublicPasswordClients, [])).map(({ client_id }) => client_id);
  found.push(
    guessable.length === 0
      ? ok('password grant', 'no public client is registered for it')
      : warning('password grant', `public clients cannot use it; remove it from ${guessable.join(', ')}`),
  );
  const known = await demoPasswordsInUse(sql, now);
  if (known.length === 0) found.push(ok('demo data', 'no demo password is in use'));
  else {
    const report = config.issuerIsLoopback ? warning : problem;
    found.push(report('demo data', `well-known passwords are in use by ${known.join(', ')}`));
  }
  const left = Object.values(await countExpired(sql, now, retentionOf(config))).reduce((sum, count) => sum + count, 0);
  found.push((left > SWEEP_BEHIND ? warning : ok)('sweep', `${left} expired rows remain`));
  if ((await sql(readStandbys, []))[0]?.synchronous)
    found.push(
      (config.refreshGrace > FAIL_OVER ? ok : warning)(
        'refresh grace',
        `REFRESH_GRACE is ${config.refreshGrace} s; with synchronous standbys it must be longer than the cluster's ttl + loop_wait + 5 s (${FAIL_OVER} s with the defaults of Patroni)`,
      ),
    );
  return found;
}
