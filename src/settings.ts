import { z } from 'zod';
import { PASSWORD_MIN } from './crypto/password-length.ts';
import { flag, onOff, portOrAddress, seconds, text } from './setting-values.ts';

const DAY = 86_400;

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** One environment variable. */
interface Setting {
  readonly variable: string;
  /** Parses the text of the variable into the value in Config. */
  readonly schema: z.ZodType;
  /** The default text of an unset variable. If omitted, the schema gets `undefined`. */
  readonly fallback?: string;
  /** For the documentation: what happens if the variable is not set and has no fallback. */
  readonly unset?: string;
  /** The value may come from a file that `<variable>_FILE` names, such as a secret mounted into a container. */
  readonly file?: true;
  readonly description: string;
}

/** Every setting, by its name in Config. Parsing, Config's type and docs/settings.md follow from this table. */
export const SETTINGS = {
  port: {
    variable: 'PORT',
    schema: z.coerce.number('must be a port number').int().min(0).max(65_535, 'must be a port number'),
    fallback: '4400',
    description: 'TCP port; `0` takes a free one',
  },
  host: {
    variable: 'HOST',
    schema: z.string(),
    fallback: '127.0.0.1',
    description: 'address to listen on; `0.0.0.0` or `::` for all',
  },
  issuer: {
    variable: 'ISSUER',
    schema: text,
    unset: '`http://localhost:$PORT`',
    description: 'public base URL, without a path; must be https unless it is a loopback address',
  },
  insecureHttp: {
    variable: 'INSECURE_HTTP',
    schema: flag,
    fallback: '0',
    description: '`1` allows plain http on non-loopback addresses; passwords are then sent unencrypted',
  },
  databaseUrl: {
    variable: 'DATABASE_URL',
    schema: text.refine((url) => url === undefined || /^postgres(ql)?:\/\//.test(url), 'must begin with postgres://'),
    unset: 'the embedded database',
    file: true,
    description:
      '`postgres://…` (PostgreSQL 15 or newer); over a network with `?sslmode=verify-full`, behind PgBouncer with `?pgbouncer=true`',
  },
  dataDir: {
    variable: 'DATA_DIR',
    schema: z.string(),
    fallback: './data',
    description: 'directory of the embedded database and its key',
  },
  adminUsername: {
    variable: 'ADMIN_USERNAME',
    schema: text,
    unset: 'a set-up link is printed',
    description: 'the first administrator, created at the first start; goes with `ADMIN_PASSWORD`',
  },
  adminPassword: {
    variable: 'ADMIN_PASSWORD',
    schema: z.string().min(PASSWORD_MIN, `must have at least ${PASSWORD_MIN} characters`).optional(),
    file: true,
    description: 'password of the first administrator',
  },
  secretKeys: {
    variable: 'SECRET_KEY',
    schema: text.transform((keys) => (keys ?? '').split(',').filter((key) => key !== '')),
    unset: 'created in `DATA_DIR`',
    file: true,
    description:
      '32 bytes or more, for example from `openssl rand -hex 32`; required with `DATABASE_URL`. To change it set `new,old`, later only `new`',
  },
  accessTokenTtl: {
    variable: 'ACCESS_TOKEN_TTL',
    schema: seconds(1),
    fallback: '3600',
    description: 'lifetime of access tokens in seconds; a client can have its own',
  },
  refreshTokenIdleTtl: {
    variable: 'REFRESH_TOKEN_IDLE_TTL',
    schema: seconds(1),
    fallback: String(14 * DAY),
    description: 'seconds after which an unused refresh token expires (14 days)',
  },
  refreshTokenTtl: {
    variable: 'REFRESH_TOKEN_TTL',
    schema: seconds(1),
    fallback: String(90 * DAY),
    description: 'seconds after which an authorization with refresh tokens expires, used or not (90 days)',
  },
  refreshGrace: {
    variable: 'REFRESH_GRACE',
    schema: seconds(0, 300),
    fallback: '60',
    description:
      'seconds in which a refresh can be repeated with the same result; longer than a fail-over of the database takes (docs/scaling.md)',
  },
  codeTtl: {
    variable: 'CODE_TTL',
    schema: seconds(1),
    fallback: '60',
    description: 'lifetime of authorization codes in seconds',
  },
  sessionTtl: {
    variable: 'SESSION_TTL',
    schema: seconds(60),
    fallback: String(DAY),
    description: 'seconds after which a user must sign in again (one day)',
  },
  auditRetention: {
    variable: 'AUDIT_RETENTION',
    schema: seconds(1),
    fallback: String(400 * DAY),
    description: 'seconds for which audit events are kept (400 days)',
  },
  trustProxy: {
    variable: 'TRUST_PROXY',
    schema: flag,
    fallback: '0',
    description: '`1` behind a proxy that sets `X-Forwarded-For`',
  },
  keepAliveTimeout: {
    variable: 'KEEP_ALIVE_TIMEOUT',
    schema: seconds(1, 600),
    fallback: '75',
    description: 'seconds until an idle connection is closed; longer than those of the proxy in front',
  },
  shutdownNotice: {
    variable: 'SHUTDOWN_NOTICE',
    schema: seconds(0, 300).optional(),
    unset: '`1` with a loopback `ISSUER`, else `10`',
    description: 'seconds for which a stopping server is not ready at `/readyz` but still accepts requests',
  },
  logLevel: {
    variable: 'LOG_LEVEL',
    schema: z.enum(levels, 'must be fatal, error, warn, info, debug or silent'),
    fallback: 'info',
    description: `${levels.map((level) => `\`${level}\``).join(', ')}; JSON on standard error`,
  },
  graphiql: {
    variable: 'GRAPHIQL',
    schema: onOff,
    fallback: 'on',
    description: '`off` removes GraphiQL',
  },
  metricsAt: {
    variable: 'METRICS_PORT',
    schema: portOrAddress,
    unset: 'off',
    description: 'serves `/metrics` to everyone on this port of `127.0.0.1`, or on `address:port` (`10.0.0.11:9464`)',
  },
  metricsToken: {
    variable: 'METRICS_TOKEN',
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    unset: 'off',
    file: true,
    description: 'serves `/metrics` on `PORT` to requests with `Authorization: Bearer` and this token',
  },
  rateLimits: {
    variable: 'RATE_LIMITS',
    schema: onOff,
    fallback: 'on',
    description: '`off` for load tests, with a loopback `ISSUER` only',
  },
  migrate: {
    variable: 'MIGRATE',
    schema: z.enum(['auto', 'check'], 'must be auto or check'),
    fallback: 'auto',
    description: '`check` refuses to start if a migration is missing',
  },
  production: {
    variable: 'NODE_ENV',
    schema: text.transform((value) => value === 'production'),
    description: '`production`: the schema requires a token, and GraphiQL confirms every mutation',
  },
} as const satisfies Record<string, Setting>;

/** The parsed settings, before the rules that concern several settings are checked. */
export type Settings = {
  readonly [name in keyof typeof SETTINGS]: z.infer<(typeof SETTINGS)[name]['schema']>;
};

export const settings: readonly (readonly [name: string, setting: Setting])[] = Object.entries(SETTINGS);
