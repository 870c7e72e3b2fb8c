// oidc-provider on PostgreSQL, configured as its documentation recommends for production: one table for all models, one prepared
// statement an operation. `/mint?kind=…&count=…` is added here: it creates what the browser's part of the flow leaves in the database.
import { createServer } from 'node:http';
import Provider, { type Adapter, type AdapterPayload, type ClientMetadata } from 'oidc-provider';
import pg from 'pg';

const { PORT = '0', DATABASE_URL = '', CLIENTS = 'memory' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
pool.on('error', () => {});
const run = (name: string, text: string, values: unknown[]) => pool.query({ name, text, values });

const ACCOUNT = 'alice';
const CLIENT: ClientMetadata = {
  client_id: 'bench',
  client_secret: 'a secret of more than thirty-two characters',
  grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
  redirect_uris: ['https://client.example/cb'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'read',
};

const LIVE = 'model = $1 AND (expires_at IS NULL OR expires_at > now())';

/** Revoking a grant deletes all its rows. A consumed row stays and is marked. */
function adapter(model: string): Adapter {
  const find = async (column: 'id' | 'uid' | 'user_code', value: string): Promise<AdapterPayload | undefined> => {
    const text = `SELECT payload, consumed_at FROM oidc WHERE ${LIVE} AND ${column} = $2`;
    const [row] = (await run(`find-by-${column}`, text, [model, value])).rows;
    return row && { ...row.payload, ...(row.consumed_at ? { consumed: Math.floor(row.consumed_at / 1000) } : {}) };
  };
  return {
    find: (id) => find('id', id),
    findByUid: (uid) => find('uid', uid),
    findByUserCode: (code) => find('user_code', code),
    async upsert(id, payload, expiresIn) {
      await run(
        'upsert',
        `INSERT INTO oidc (model, id, payload, grant_id, uid, user_code, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (model, id) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`,
        [
          model,
          id,
          payload,
          payload.grantId,
          payload.uid,
          payload.userCode,
          expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
        ],
      );
    },
    async consume(id) {
      await run('consume', 'UPDATE oidc SET consumed_at = now() WHERE model = $1 AND id = $2', [model, id]);
    },
    async destroy(id) {
      await run('destroy', 'DELETE FROM oidc WHERE model = $1 AND id = $2', [model, id]);
    },
    async revokeByGrantId(grantId) {
      await run('revoke-grant', 'DELETE FROM oidc WHERE grant_id = $1', [grantId]);
    },
  };
}

await pool.query(`CREATE TABLE IF NOT EXISTS oidc (model text, id text, payload jsonb NOT NULL, grant_id text, uid text,
  user_code text, expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (model, id))`);
for (const column of ['grant_id', 'uid', 'user_code', 'expires_at'])
  await pool.query(`CREATE INDEX IF NOT EXISTS oidc_${column} ON oidc (${column})`);
if (CLIENTS === 'database') await adapter('Client').upsert('bench', CLIENT as AdapterPayload, 0);

const provider = new Provider(`http://localhost:${PORT}`, {
  adapter: (name: string) => adapter(name),
  clients: CLIENTS === 'memory' ? [CLIENT] : [],
  scopes: ['read'],
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  pkce: { required: () => false },
  cookies: { keys: ['a key of the bench'] },
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: { enabled: false },
  },
  ttl: {
    AccessToken: 3600,
    ClientCredentials: 3600,
    AuthorizationCode: 600,
    RefreshToken: 86_400,
    Grant: 86_400,
  },
});

async function mint(kind: string): Promise<string> {
  const client = await provider.Client.find('bench');
  if (!client) throw new Error('The client does not exist');
  if (kind === 'access') return new provider.ClientCredentials({ client, scope: 'read' } as never).save();
  const grant = new provider.Grant({ accountId: ACCOUNT, clientId: client.clientId });
  grant.addOIDCScope('read');
  const grantId = await grant.save();
  const common = { accountId: ACCOUNT, client, grantId, scope: 'read', authTime: 0, gty: 'authorization_code' };
  if (kind === 'refresh') return new provider.RefreshToken({ ...common, rotations: 0 } as never).save();
  return new provider.AuthorizationCode({ ...common, redirectUri: 'https://client.example/cb' } as never).save();
}

const handle = provider.callback();
const server = createServer((request, response) => {
  if (!request.url?.startsWith('/mint')) return void handle(request, response);
  const query = new URL(request.url, 'http://localhost').searchParams;
  const many = Array.from({ length: Number(query.get('count')) }, () => mint(query.get('kind') ?? ''));
  Promise.all(many).then(
    (values) => response.end(JSON.stringify(values)),
    (error: Error) => response.writeHead(500).end(error.stack),
  );
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections());
