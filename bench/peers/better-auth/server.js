// better-auth with its oauth-provider plugin on PostgreSQL: opaque tokens stored as digests, no rate limits, no telemetry.
import { createServer } from 'node:http';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import pg from 'pg';

const { PORT = '0', DATABASE_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
pool.on('error', () => {});

const options = {
  baseURL: `http://localhost:${PORT}`,
  secret: 'a secret of the bench that is long enough for better-auth',
  database: pool,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [
    jwt(),
    oauthProvider({
      loginPage: '/sign-in',
      consentPage: '/consent',
      storeClientSecret: 'hashed',
      clientPrivileges: () => true,
      scopes: ['openid', 'offline_access', 'read'],
      grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
      silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
    }),
  ],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const operator = { name: 'Operator', email: 'operator@example.com', password: 'the password of the bench' };
const signedUp = await auth.api.signUpEmail({ body: operator, returnHeaders: true });
const client = await auth.api.adminCreateOAuthClient({
  headers: new Headers({
    cookie: signedUp.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  }),
  body: {
    client_name: 'Bench',
    redirect_uris: ['https://client.example/cb'],
    grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'read',
    client_credentials_scopes: ['read'],
  },
});

const handle = toNodeHandler(auth);
const server = createServer((request, response) => {
  if (request.url === '/client') response.end(JSON.stringify({ id: client.client_id, secret: client.client_secret }));
  else void handle(request, response);
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections());
