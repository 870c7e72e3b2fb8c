import { type Sql, statement } from '../../store/connection/sql.ts';
import { type Client, isPublic } from '../clients/client.ts';

const findConsent = statement<{ scopes: string[] }>(
  'find-consent',
  'SELECT scopes FROM consents WHERE user_id = $1 AND client_id = $2',
);

/**
 * Whether a consent to this client may be reused. RFC 8252 §8.6: any program on a device can claim a loopback or custom-scheme
 * address, so the user of such a public client is asked every time.
 */
export const isRememberable = (client: Client, redirectUri: string): boolean =>
  !client.alwaysAsksForConsent && (!isPublic(client) || redirectUri.startsWith('https://'));

/** The scopes of the stored consent; undefined if there is none or it may not be reused. */
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
