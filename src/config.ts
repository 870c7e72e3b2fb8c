import { readFileSync } from 'node:fs';
import { z } from 'zod';

const DAY = 86_400;

const seconds = (fallback: number) =>
  z.coerce
    .number('must be a number of seconds')
    .int('must be a whole number of seconds')
    .min(1, 'must be at least 1 second')
    .max(10 * 365 * DAY, 'must be at most ten years')
    .default(fallback);

const flag = z.enum(['1', '0'], 'must be 1 or 0').default('0');

/** Every variable Gatehouse reads, its form and what it is when left out. */
const schema = z.object({
  PORT: z.coerce.number('must be a port number').int().min(0).max(65_535, 'must be a port number').default(4400),
  HOST: z.string().default('127.0.0.1'),
  ISSUER: z.string().optional(),
  INSECURE_HTTP: flag,
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  DATA_DIR: z.string().default('./data'),
  ADMIN_USERNAME: z.string().optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  SECRET_KEY: z.string().optional(),
  ACCESS_TOKEN_TTL: seconds(3600),
  REFRESH_TOKEN_IDLE_TTL: seconds(14 * DAY),
  REFRESH_TOKEN_TTL: seconds(90 * DAY),
  REFRESH_GRACE: z.coerce
    .number('must be a number of seconds')
    .int()
    .min(0)
    .max(300, 'must be at most 300')
    .default(10),
  CODE_TTL: seconds(60),
  AUDIT_RETENTION: seconds(400 * DAY),
  TRUST_PROXY: flag,
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'must be fatal, error, warn, info, debug or silent')
    .default('info'),
  GRAPHIQL: z.enum(['on', 'off'], 'must be on or off').default('on'),
  METRICS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  RATE_LIMITS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  MIGRATE: z.enum(['auto', 'check'], 'must be auto or check').default('auto'),
  NODE_ENV: z.string().optional(),
});

/** Secrets may come from a file instead: NAME_FILE names it (a container's mounted secret). */
const SECRETS = ['SECRET_KEY', 'ADMIN_PASSWORD', 'DATABASE_URL'] as const;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Origin without a trailing slash; the only source of every URL we print. */
  readonly issuer: string;
  readonly issuerIsLoopback: boolean;
  readonly insecureHttp: boolean;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly admin: { readonly username: string; readonly password: string } | undefined;
  /** Empty for an embedded database, whose key lies in its directory. */
  readonly secretKeys: readonly string[];
  /** All lifetimes are in seconds. */
  readonly accessTokenTtl: number;
  readonly refreshTokenIdleTtl: number;
  readonly refreshTokenTtl: number;
  readonly refreshGrace: number;
  readonly codeTtl: number;
  readonly auditRetention: number;
  readonly trustProxy: boolean;
  readonly logLevel: string;
  readonly graphiql: boolean;
  readonly metrics: boolean;
  readonly rateLimits: boolean;
  readonly migrate: 'auto' | 'check';
  readonly production: boolean;
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
  const values = withFiles(env, faults);
  const parsed = schema.safeParse(values);
  for (const { path, message } of parsed.error?.issues ?? []) {
    faults.push(`${path.join('.')} ${message}`);
    // What is wrong by itself is left out of what must fit together, so that those faults are told as well.
    delete values[String(path[0])];
  }
  const v = parsed.data ?? schema.parse(values);
  const issuer = v.ISSUER ?? `http://localhost:${v.PORT}`;
  const issuerIsLoopback = LOOPBACK.test(URL.parse(issuer)?.hostname ?? '');
  faults.push(...issuerFaults(issuer, issuerIsLoopback, v.INSECURE_HTTP === '1'));

  if (v.RATE_LIMITS === 'off' && !issuerIsLoopback)
    faults.push('RATE_LIMITS=off is for load tests on a machine of your own, with a loopback ISSUER: leave it out');

  const secretKeys = (v.SECRET_KEY ?? '').split(',').filter((key) => key !== '');
  if (v.DATABASE_URL && secretKeys.length === 0)
    faults.push('SECRET_KEY is required with DATABASE_URL: make one with `openssl rand -hex 32`');
  if (secretKeys.some((key) => Buffer.byteLength(key) < 32))
    faults.push('SECRET_KEY: each key needs 32 bytes or more: make one with `openssl rand -hex 32`');
  if ((v.ADMIN_USERNAME === undefined) !== (v.ADMIN_PASSWORD === undefined))
    faults.push('ADMIN_USERNAME and ADMIN_PASSWORD go together: set both or neither');
  if (v.REFRESH_TOKEN_IDLE_TTL > v.REFRESH_TOKEN_TTL)
    faults.push('REFRESH_TOKEN_IDLE_TTL must not be longer than REFRESH_TOKEN_TTL');
  if (faults.length > 0) throw new ConfigError(faults);

  return Object.freeze({
    port: v.PORT,
    host: v.HOST,
    issuer,
    issuerIsLoopback,
    insecureHttp: v.INSECURE_HTTP === '1',
    databaseUrl: v.DATABASE_URL,
    dataDir: v.DATA_DIR,
    admin:
      v.ADMIN_USERNAME !== undefined && v.ADMIN_PASSWORD !== undefined
        ? { username: v.ADMIN_USERNAME, password: v.ADMIN_PASSWORD }
        : undefined,
    secretKeys,
    accessTokenTtl: v.ACCESS_TOKEN_TTL,
    refreshTokenIdleTtl: v.REFRESH_TOKEN_IDLE_TTL,
    refreshTokenTtl: v.REFRESH_TOKEN_TTL,
    refreshGrace: v.REFRESH_GRACE,
    codeTtl: v.CODE_TTL,
    auditRetention: v.AUDIT_RETENTION,
    trustProxy: v.TRUST_PROXY === '1',
    logLevel: v.LOG_LEVEL,
    graphiql: v.GRAPHIQL === 'on',
    metrics: v.METRICS === 'on',
    rateLimits: v.RATE_LIMITS === 'on',
    migrate: v.MIGRATE,
    production: v.NODE_ENV === 'production',
  });
}

/** An empty variable is one that is not set: compose files and shells make no difference between the two. */
function withFiles(env: NodeJS.ProcessEnv, faults: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) values[name] = value;
  for (const name of SECRETS) {
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
