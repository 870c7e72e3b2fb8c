import { readFileSync } from 'node:fs';
import { type Settings, settings } from './settings.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** All times are in seconds. `secretKeys` is empty for an embedded database, whose key is stored in its directory. */
export interface Config extends Omit<Settings, 'issuer' | 'adminUsername' | 'adminPassword' | 'shutdownNotice'> {
  /** Origin without a trailing slash; the only source of every URL we print. */
  readonly issuer: string;
  readonly issuerIsLoopback: boolean;
  readonly shutdownNotice: number;
  readonly admin: { readonly username: string; readonly password: string } | undefined;
}

/** Lists every problem of the environment. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Validates the environment; reads nothing else but files named by `…_FILE` variables. Throws one ConfigError with every problem and its fix. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const { adminUsername, adminPassword, ...parsed } = parseSettings(withFiles(env, problems), problems);
  const issuer = parsed.issuer ?? new URL(`http://localhost:${parsed.port}`).origin;
  const issuerIsLoopback = LOOPBACK.test(URL.parse(issuer)?.hostname ?? '');
  problems.push(...issuerProblems(issuer, issuerIsLoopback, parsed.insecureHttp));

  if (!parsed.rateLimits && !issuerIsLoopback)
    problems.push('RATE_LIMITS=off is for load tests with a loopback ISSUER only: unset it');
  if (parsed.databaseUrl && parsed.secretKeys.length === 0)
    problems.push('SECRET_KEY is required with DATABASE_URL: create one with `openssl rand -hex 32`');
  if (parsed.secretKeys.some((key) => Buffer.byteLength(key) < 32))
    problems.push('SECRET_KEY: each key needs 32 bytes or more: create one with `openssl rand -hex 32`');
  if ((adminUsername === undefined) !== (adminPassword === undefined))
    problems.push('ADMIN_USERNAME and ADMIN_PASSWORD go together: set both or neither');
  if (parsed.refreshTokenIdleTtl > parsed.refreshTokenTtl)
    problems.push('REFRESH_TOKEN_IDLE_TTL must not be longer than REFRESH_TOKEN_TTL');
  if (problems.length > 0) throw new ConfigError(problems);

  const admin =
    adminUsername !== undefined && adminPassword !== undefined
      ? { username: adminUsername, password: adminPassword }
      : undefined;
  const shutdownNotice = parsed.shutdownNotice ?? (issuerIsLoopback ? 1 : 10);
  return Object.freeze({ ...parsed, issuer, issuerIsLoopback, shutdownNotice, admin });
}

/** An invalid variable counts as unset afterwards, so that errors between the other settings are found as well. */
function parseSettings(values: Readonly<Record<string, string>>, problems: string[]): Settings {
  const parsed = settings.map(([name, { variable, schema, fallback }]) => {
    const { success, data, error } = schema.safeParse(values[variable] ?? fallback);
    for (const { message } of error?.issues ?? []) problems.push(`${variable} ${message}`);
    return [name, success ? data : schema.parse(fallback)];
  });
  return Object.fromEntries(parsed) as Settings;
}

/** An empty variable counts as unset, because compose files and shells often set empty ones. */
function withFiles(env: NodeJS.ProcessEnv, problems: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) values[name] = value;
  for (const [, { variable: name, file: mayBeFile }] of settings) {
    if (!mayBeFile) continue;
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (values[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set: keep one`);
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch {
      problems.push(`${name}_FILE cannot be read: ${file}`);
    }
  }
  return values;
}

function issuerProblems(issuer: string, loopback: boolean, insecureHttp: boolean): string[] {
  const url = URL.parse(issuer);
  if (!url || !/^https?:$/.test(url.protocol))
    return ['ISSUER must be an http or https URL, such as https://id.example.com'];
  if (url.origin !== issuer) return [`ISSUER must be an origin without a path or trailing slash: ${url.origin}`];
  if (url.protocol === 'http:' && !loopback && !insecureHttp)
    return [
      'ISSUER must be https unless it is a loopback address (INSECURE_HTTP=1 allows http, for isolated test networks only)',
    ];
  return [];
}
