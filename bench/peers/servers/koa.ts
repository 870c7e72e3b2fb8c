// Baseline of a token endpoint and of an introspection endpoint on Koa. The difference to Gatehouse is Gatehouse's own cost.
import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import Koa, { type Context } from 'koa';
import pg from 'pg';
import getRawBody from 'raw-body';

const { PORT = '0', VARIANT = 'bare', DATABASE_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
pool.on('error', () => {});
const HOUR = 3_600_000;

const form = async (ctx: Context): Promise<URLSearchParams> =>
  new URLSearchParams((await getRawBody(ctx.req, { limit: 32_768 })).toString());
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

const INSERT = {
  name: 'insert',
  text: 'INSERT INTO tokens (id, digest, client, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
};
const SELECT = {
  name: 'select',
  text: 'SELECT client, scopes, created_at, expires_at FROM tokens WHERE digest = $1 AND expires_at > $2',
};

const variants: Record<string, (ctx: Context) => Promise<void>> = {
  async bare(ctx) {
    await form(ctx);
    ctx.body = { access_token: 'always the same token', token_type: 'Bearer', expires_in: 3600, scope: 'read' };
  },
  async insert(ctx) {
    const scope = (await form(ctx)).get('scope') ?? '';
    const token = randomBytes(32).toString('base64url');
    const now = new Date();
    const values = [randomUUIDv7(), digest(token), 'client', scope.split(' '), now, new Date(now.getTime() + HOUR)];
    await pool.query({ ...INSERT, values });
    ctx.body = { access_token: token, token_type: 'Bearer', expires_in: 3600, scope };
  },
  async select(ctx) {
    const token = (await form(ctx)).get('token') ?? '';
    const [row] = (await pool.query({ ...SELECT, values: [digest(token), new Date()] })).rows;
    ctx.body = row
      ? { active: true, client_id: row.client, scope: row.scopes.join(' '), exp: Math.floor(row.expires_at / 1000) }
      : { active: false };
  },
};

await pool.query(`CREATE TABLE IF NOT EXISTS tokens (id uuid PRIMARY KEY, digest bytea NOT NULL UNIQUE, client text NOT NULL,
  scopes text[] NOT NULL, created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL)`);
const variant = variants[VARIANT];
if (!variant) throw new Error(`Unknown variant: ${VARIANT}`);
const server = new Koa().use(variant).listen(Number(PORT), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections());
