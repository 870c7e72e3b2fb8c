import { type Sql, statement } from './connection/sql.ts';

const insertAssertion = statement<{ digest: Uint8Array }>(
  'consume-client-assertion',
  `INSERT INTO client_assertions (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest`,
);

/** Stores the assertion until it expires, so that it cannot be replayed. Returns false if it was used before. */
export async function consumeAssertion(sql: Sql, digest: Buffer, expiresAt: Date): Promise<boolean> {
  return (await sql(insertAssertion, [digest, expiresAt])).length === 1;
}
