import { readFileSync } from 'node:fs';
import { type Settings, settings } from './settings.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** All times are in seconds. `secretKeys` is empty for an embedded database, whose key lies in its directory. */
export interface Config extends Omit<Settings, 'issuer' | 'adminUsername' | 'adminPassword' | 'shutdownNotice'> {
  /** Origin without a trailing slash; the only source of every URL we print. */
  readonly issuer: string;
  readonly issuerIsLoopback: boolean;
  readonly shutdownNotice: number;
  readonly admin: { readonly username: string; readonly password: string } | undefined;
}

/** All that is wrong with the environment, told at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The environment is not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Reads the environment: pure but for the `…_FILE` variables. Throws one ConfigError that lists every fault with its fix. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const { adminUsername, adminPassword, ...parsed } = parseSettings(withFiles(env, faults), faults);
  const issuer = parsed.issuer ?? `http://localhost:${parsed.port}`;
  const issuerIsLoopback = LOOPBACK.test(URL.parse(issuer)?.hostname ?? '');
  faults.push(...issuerFaults(issuer, issuerIsLoopback, parsed.insecureHttp));

  if (!parsed.rateLimits && !issuerIsLoopback)
    faults.push('RATE_LIMITS=off is for load tests on a machine of your own, with a loopback ISSUER: leave it out');
  if (parsed.databaseUrl && parsed.secretKeys.length === 0)
    faults.push('SECRET_KEY is required with DATABASE_URL: make one with `openssl rand -hex 32`');
  if (parsed.secretKeys.some((key) => Buffer.byteLength(key) < 32))
    faults.push('SECRET_KEY: each key needs 32 bytes or more: make one with `openssl rand -hex 32`');
  if ((adminUsername === undefined) !== (adminPassword === undefined))
    faults.push('ADMIN_USERNAME and ADMIN_PASSWORD go together: set both or neither');
  if (parsed.refreshTokenIdleTtl > parsed.refreshTokenTtl)
    faults.push('REFRESH_TOKEN_IDLE_TTL must not be longer than REFRESH_TOKEN_TTL');
  if (faults.length > 0) throw new ConfigError(faults);

  const admin =
    adminUsername !== undefined && adminPassword !== undefined
      ? { username: adminUsername, password: adminPassword }
      : undefined;
  const shutdownNotice = parsed.shutdownNotice ?? (issuerIsLoopback ? 1 : 10);
  return Object.freeze({ ...parsed, issuer, issuerIsLoopback, shutdownNotice, admin });
}

/** An invalid variable counts as unset afterwards, so that errors between the other settings are found as well. */
function parseSettings(values: Readonly<Record<string, string>>, faults: string[]): Settings {
  const parsed = settings.map(([name, { variable, schema, fallback }]) => {
    const { success, data, error } = schema.safeParse(values[variable] ?? fallback);
    for (const { message } of error?.issues ?? []) faults.push(`${variable} ${message}`);
    return [name, success ? data : schema.parse(fallback)];
  });
  return Object.fromEntries(parsed) as Settings;
}

/** An empty variable is one that is not set: compose files and shells make no difference between the two. */
function withFiles(env: NodeJS.ProcessEnv, faults: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) values[name] = value;
  for (const [, { variable: name, file: mayBeFile }] of settings) {
    if (!mayBeFile) continue;
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (values[name] !== undefined) faults.push(`${name} and ${name}_FILE are both set: keep one`);
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch {
      faults.push(`${name}_FILE cannot be read: ${file}`);
    }
  }
  return values;
}

function issuerFaults(issuer: string, loopback: boolean, insecureHttp: boolean): string[] {
  const url = URL.parse(issuer);
  if (!url || !/^https?:$/.test(url.protocol))
    return ['ISSUER must be an http or https URL, such as https://id.example.com'];
  if (url.origin !== issuer) return [`ISSUER must have no path, no trailing slash and nothing more: ${url.origin}`];
  if (url.protocol === 'http:' && !loopback && !insecureHttp)
    return ['ISSUER must be https off this machine (INSECURE_HTTP=1 allows http, for tests behind a locked door only)'];
  return [];
}
