// Baseline of a GraphQL endpoint of this stack: yoga behind Koa, Pothos, and one prepared look-up by the bearer token.
import { createHash } from 'node:crypto';
import SchemaBuilder from '@pothos/core';
import { createYoga } from 'graphql-yoga';
import Koa from 'koa';
import pg from 'pg';
import getRawBody from 'raw-body';

const { PORT = '0', DATABASE_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
pool.on('error', () => {});

interface Viewer {
  readonly username: string;
  readonly groups: string[];
}

const builder = new SchemaBuilder<{ Context: { viewer: Viewer | undefined } }>({} as never);
const GroupType = builder.objectRef<{ name: string }>('Group').implement({
  fields: (t) => ({ name: t.exposeString('name') }),
});
const ConnectionType = builder.objectRef<{ nodes: { name: string }[] }>('Connection').implement({
  fields: (t) => ({ nodes: t.expose('nodes', { type: [GroupType] }) }),
});
const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  fields: (t) => ({
    username: t.exposeString('username'),
    groups: t.field({
      type: ConnectionType,
      resolve: ({ groups }) => ({ nodes: groups.map((name) => ({ name })) }),
    }),
  }),
});
builder.queryType({
  fields: (t) => ({
    viewer: t.field({ type: ViewerType, nullable: true, resolve: (_root, _args, { viewer }) => viewer }),
  }),
});

const yoga = createYoga<{ viewer: Viewer | undefined }>({
  schema: builder.toSchema(),
  graphiql: false,
  landingPage: false,
  logging: false,
  cors: false,
  multipart: false,
  maxRequestBodySize: false,
});
const SELECT = { name: 'select', text: 'SELECT username, groups FROM viewers WHERE digest = $1' };

await pool.query('CREATE TABLE IF NOT EXISTS viewers (digest bytea PRIMARY KEY, username text, groups text[])');
const app = new Koa().use(async (ctx) => {
  const token = ctx.get('authorization').slice('Bearer '.length);
  const [viewer] = (await pool.query({ ...SELECT, values: [createHash('sha256').update(token).digest()] })).rows;
  const body = (await getRawBody(ctx.req, { limit: 100_000 })).toString();
  const headers = { 'Content-Type': 'application/json' };
  const response = await yoga.fetch('http://localhost/graphql', { method: 'POST', headers, body }, { viewer });
  ctx.status = response.status;
  ctx.type = response.headers.get('content-type') ?? '';
  ctx.body = await response.text();
});
const server = app.listen(Number(PORT), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections());
