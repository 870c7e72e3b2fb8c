// Baseline of the embedded database: `GET /?connections=…&seconds=…` inserts rows into PGlite and returns the inserts a second.
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { createServer } from 'node:http';
import { PGlite } from '@electric-sql/pglite';

const { PORT = '0', DATA_DIR = '' } = process.env;
const pglite = await PGlite.create({ dataDir: DATA_DIR });
await pglite.exec(`CREATE TABLE tokens (id uuid PRIMARY KEY, digest bytea NOT NULL UNIQUE, client text NOT NULL,
  scopes text[] NOT NULL, created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL)`);

async function inserts(connections: number, seconds: number): Promise<number> {
  const begun = performance.now();
  let count = 0;
  const one = async () => {
    while (performance.now() - begun < seconds * 1000) {
      const now = new Date();
      const values = [randomUUIDv7(), randomBytes(32), 'client', ['read'], now, new Date(now.getTime() + 3_600_000)];
      await pglite.query('INSERT INTO tokens VALUES ($1, $2, $3, $4, $5, $6)', values);
      count++;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return count / ((performance.now() - begun) / 1000);
}

const server = createServer((request, response) => {
  const query = new URL(request.url ?? '', 'http://localhost').searchParams;
  void inserts(Number(query.get('connections')), Number(query.get('seconds'))).then((rate) =>
    response.end(String(rate)),
  );
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => process.exit(0));
