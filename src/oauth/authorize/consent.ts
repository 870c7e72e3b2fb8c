import { type Sql, statement } from '../../store/connection/sql.ts';
import { type Client, isPublic } from '../clients/client.ts';

const findConsent = statement<{ scopes: string[] }>(
  'find-consent',
  'SELECT scopes FROM consents WHERE user_id = $1 AND client_id = $2',
);

/**
 * Whether this client's consent may be remembered. Any program on a device can claim a loopback or a custom-scheme address
 * (RFC 8252 §8.6), so there a person is asked each time.
 */
export const isRememberable = (client: Client, redirectUri: string): boolean =>
  !client.alwaysAsksForConsent && (!isPublic(client) || redirectUri.startsWith('https://'));

/** What the person allowed this client before; undefined if nothing, and where consent is not remembered. */
export async function rememberedScopes(
  sql: Sql,
  userId: string,
  client: Client,
  redirectUri: string,
): Promise<readonly string[] | undefined> {
  if (!isRememberable(client, redirectUri)) return undefined;
  const [consent] = await sql(findConsent, [userId, client.id]);
  return consent?.scopes;
}
