import { verifyPassword } from '../crypto/passwords.ts';
import { digest } from '../crypto/secrets.ts';
import { type Sql, statement } from '../store/connection/sql.ts';

/** The demo data, whose passwords are documented. */
export const ADMIN = { username: 'admin', password: 'adminpassword', superuser: true } as const;
export const USER = {
  username: 'testuser',
  email: 'testuser@example.com',
  emailVerified: true,
  password: 'testpassword',
} as const;
export const CLIENT = { clientId: 'testclient', secret: 'testpassword' } as const;

export const findSeededUsers = statement<{ username: string; password_hash: string | null }>(
  'find-seeded-users',
  'SELECT username, password_hash FROM users WHERE seeded ORDER BY created_at, id',
);

const findSeededSecrets = statement<{ client_id: string }>(
  'find-seeded-secrets',
  `SELECT DISTINCT c.client_id FROM clients c JOIN client_secrets s ON s.client_id = c.id
   WHERE c.seeded AND s.digest = $1 AND NOT c.disabled AND (s.expires_at IS NULL OR s.expires_at > $2)`,
);

/** Seeded users and clients that still have their documented password. */
export async function demoPasswordsInUse(sql: Sql, now: Date): Promise<string[]> {
  const found: string[] = [];
  for (const { username, password_hash } of await sql(findSeededUsers, []))
    for (const { password } of [ADMIN, USER]) if (await verifyPassword(password_hash, password)) found.push(username);
  for (const { client_id } of await sql(findSeededSecrets, [digest(CLIENT.secret), now])) found.push(client_id);
  return found;
}
