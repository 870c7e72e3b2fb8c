import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';

const KEY = 'k'.repeat(32);

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('S4-04: every setting has its default in one place, and each can be overridden', () => {
  it('the defaults are documented here', () => {
    expect(loadConfig({})).toEqual({
      port: 4400,
      host: '127.0.0.1',
      issuer: 'http://localhost:4400',
      issuerIsLoopback: true,
      insecureHttp: false,
      databaseUrl: undefined,
      dataDir: './data',
      admin: undefined,
      secretKeys: [],
      accessTokenTtl: 3600,
      refreshTokenIdleTtl: 14 * 86_400,
      refreshTokenTtl: 90 * 86_400,
      refreshGrace: 60,
      codeTtl: 60,
      sessionTtl: 86_400,
      auditRetention: 400 * 86_400,
      trustProxy: false,
      keepAliveTimeout: 75,
      shutdownNotice: 1,
      logLevel: 'info',
      graphiql: true,
      metricsAt: undefined,
      metricsToken: undefined,
      rateLimits: true,
      migrate: 'auto',
      production: false,
    });
  });

  it.each([
    [{ PORT: '8080' }, { port: 8080, issuer: 'http://localhost:8080' }],
    // An origin does not name the default port.
    [{ PORT: '80' }, { port: 80, issuer: 'http://localhost' }],
    [{ HOST: '::' }, { host: '::' }],
    [
      { ISSUER: 'https://id.example.com' },
      { issuer: 'https://id.example.com', issuerIsLoopback: false, shutdownNotice: 10 },
    ],
    [
      { DATABASE_URL: 'postgres://db/x', SECRET_KEY: `${KEY},${KEY}2` },
      { databaseUrl: 'postgres://db/x', secretKeys: [KEY, `${KEY}2`] },
    ],
    [{ DATA_DIR: '/srv/gatehouse' }, { dataDir: '/srv/gatehouse' }],
    [
      { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'long enough' },
      { admin: { username: 'root', password: 'long enough' } },
    ],
    [{ ACCESS_TOKEN_TTL: '36000' }, { accessTokenTtl: 36_000 }],
    [{ REFRESH_TOKEN_IDLE_TTL: '60' }, { refreshTokenIdleTtl: 60 }],
    [{ REFRESH_TOKEN_TTL: '9999999' }, { refreshTokenTtl: 9_999_999 }],
    [{ REFRESH_GRACE: '0' }, { refreshGrace: 0 }],
    [{ CODE_TTL: '600' }, { codeTtl: 600 }],
    [{ SESSION_TTL: '3600' }, { sessionTtl: 3600 }],
    [{ KEEP_ALIVE_TIMEOUT: '5' }, { keepAliveTimeout: 5 }],
    [{ SHUTDOWN_NOTICE: '0' }, { shutdownNotice: 0 }],
    [{ TRUST_PROXY: '1' }, { trustProxy: true }],
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    [{ GRAPHIQL: 'off' }, { graphiql: false }],
    [{ METRICS_PORT: '9464' }, { metricsAt: { host: '127.0.0.1', port: 9464 } }],
    [{ METRICS_PORT: '0.0.0.0:9464' }, { metricsAt: { host: '0.0.0.0', port: 9464 } }],
    [{ METRICS_PORT: '[::]:9464' }, { metricsAt: { host: '::', port: 9464 } }],
    [{ METRICS_TOKEN: 'x'.repeat(16) }, { metricsToken: 'x'.repeat(16) }],
    [{ RATE_LIMITS: 'off' }, { rateLimits: false }],
    [{ AUDIT_RETENTION: '86400' }, { auditRetention: 86_400 }],
    [{ MIGRATE: 'check' }, { migrate: 'check' }],
    [{ NODE_ENV: 'production' }, { production: true }],
    [
      { PORT: '', ISSUER: '' },
      { port: 4400, issuer: 'http://localhost:4400' },
    ],
  ])('the environment %j overrides the default', (env, changed) => {
    expect(loadConfig(env)).toMatchObject(changed);
  });

  it('the configuration cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});

describe('S2-01, S4-03: https is required except on loopback addresses', () => {
  it.each([
    'http://localhost:4400',
    'http://127.0.0.1:4400',
    'http://127.8.9.1',
    'http://[::1]:4400',
    'https://id.example.com',
  ])('the issuer %s is accepted', (issuer) => {
    expect(problemsOf({ ISSUER: issuer })).toEqual([]);
  });

  it.each([
    'http://id.example.com',
    'http://10.0.0.1:4400',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
  ])('the issuer %s is refused unless INSECURE_HTTP=1 is set', (issuer) => {
    expect(problemsOf({ ISSUER: issuer })).toEqual([expect.stringContaining('ISSUER must be https unless')]);
    expect(loadConfig({ ISSUER: issuer, INSECURE_HTTP: '1' })).toMatchObject({ issuer, insecureHttp: true });
  });

  it.each([
    'id.example.com',
    'https://id.example.com/',
    'https://id.example.com/path',
    'https://id.example.com?a',
    'ftp://x',
    'https://a:b@id.example.com',
  ])('the issuer %s is invalid', (issuer) => {
    expect(problemsOf({ ISSUER: issuer })).toEqual([expect.stringMatching(/^ISSUER must/)]);
  });
});

describe('Configuration errors', () => {
  it('all invalid variables are reported at once, each with its name', () => {
    const env = {
      PORT: 'http',
      ACCESS_TOKEN_TTL: '-1',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: 'yes',
      ADMIN_PASSWORD: 'short',
    };
    expect(new Set(problemsOf(env).map((problem) => problem.split(' ')[0]))).toEqual(new Set(Object.keys(env)));
  });

  it.each([
    [{ DATABASE_URL: 'postgres://db/x' }, 'SECRET_KEY is required with DATABASE_URL'],
    [{ DATABASE_URL: 'mysql://db/x', SECRET_KEY: KEY }, 'DATABASE_URL must begin with postgres://'],
    [{ SECRET_KEY: 'short' }, 'each key needs 32 bytes'],
    [{ SECRET_KEY: `${KEY},short` }, 'each key needs 32 bytes'],
    [{ ADMIN_USERNAME: 'root' }, 'ADMIN_USERNAME and ADMIN_PASSWORD go together'],
    [{ REFRESH_TOKEN_IDLE_TTL: '100', REFRESH_TOKEN_TTL: '99' }, 'REFRESH_TOKEN_IDLE_TTL must not be longer'],
    [{ PORT: '65536' }, 'PORT must be a port number'],
    [{ METRICS_PORT: '0' }, 'METRICS_PORT must be a port number'],
    [{ METRICS_PORT: '65536' }, 'METRICS_PORT must be a port number'],
    [{ METRICS_PORT: '::1' }, 'METRICS_PORT must be a port number'],
    [{ METRICS_PORT: 'http://localhost:9464' }, 'METRICS_PORT must be a port number'],
    [{ METRICS_TOKEN: 'x'.repeat(15) }, 'METRICS_TOKEN must have at least 16 characters'],
    [{ ACCESS_TOKEN_TTL: '1.5' }, 'ACCESS_TOKEN_TTL must be a whole number'],
    [{ ISSUER: 'https://id.example.com', RATE_LIMITS: 'off' }, 'RATE_LIMITS=off is for load tests'],
    [{ ISSUER: 'http://10.0.0.1', INSECURE_HTTP: '1', RATE_LIMITS: 'off' }, 'RATE_LIMITS=off is for load tests'],
  ])('the environment %j is refused', (env, problem) => {
    expect(problemsOf(env).join('\n')).toContain(problem);
  });

  it('the messages never contain a secret', () => {
    const env = {
      SECRET_KEY: 'tooshortbutsecret',
      DATABASE_URL: 'mysql://me:hunter22@db/x',
      ADMIN_PASSWORD: 'hunter2',
    };
    expect(problemsOf(env).join('\n')).not.toMatch(/tooshort|hunter2/);
  });
});

describe('Secrets from files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  it('a final newline is removed', () => {
    expect(loadConfig({ SECRET_KEY_FILE: file('key', `${KEY}\n`) }).secretKeys).toEqual([KEY]);
  });

  it('a variable and its file cannot both be set, and the file must exist', () => {
    expect(problemsOf({ SECRET_KEY: KEY, SECRET_KEY_FILE: file('key2', KEY) })).toEqual([
      'SECRET_KEY and SECRET_KEY_FILE are both set: keep one',
    ]);
    expect(problemsOf({ SECRET_KEY_FILE: join(directory, 'none') })).toEqual([
      `SECRET_KEY_FILE cannot be read: ${join(directory, 'none')}`,
    ]);
  });
});
