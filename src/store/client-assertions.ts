import { type Sql, statement } from './connection/sql.ts';

const insertAssertion = statement<{ digest: Uint8Array }>(
  'spend-client-assertion',
  `INSERT INTO client_assertions (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest`,
);

/** Remembers the assertion for as long as it could be sent again; false if it has been here before. */
export async function consumeAssertion(sql: Sql, digest: Buffer, expiresAt: Date): Promise<boolean> {
  return (await sql(insertAssertion, [digest, expiresAt])).length === 1;
}
