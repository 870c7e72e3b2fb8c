import { type Sql, statement } from '../../store/connection/sql.ts';
import { type Client, isPublic } from '../clients/client.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { consentResources } from '../resource.ts';
import { stillAllowed } from '../scopes/scope.ts';
import type { Recipient } from './authorization-request.ts';

const findConsents = statement<{ scopes: string[] }>(
  'find-consents',
  'SELECT scopes FROM consents WHERE user_id = $1 AND client_id = $2 AND resource = ANY ($3) AND confirmed',
);

/**
 * Whether a consent to this client may be reused. RFC 8252 §8.6: any program on a device can claim a loopback or custom-scheme
 * address, so the user of such a public client is asked every time.
 */
export const isRememberable = (client: Client, redirectUri: string): boolean =>
  !client.alwaysAsksForConsent && (!isPublic(client) || redirectUri.startsWith('https://'));

/**
 * The scopes that the user has allowed this client at each of the requested resources. Undefined if they allowed nothing at one
 * of the resources, or if the consent is not remembered.
 */
export async function rememberedScopes(
  { sql, config }: Pick<OAuthRequest, 'sql' | 'config'>,
  userId: string,
  { client, redirectUri }: Recipient,
  resources: readonly string[],
): Promise<readonly string[] | undefined> {
  if (!isRememberable(client, redirectUri)) return undefined;
  const requested = consentResources(config.issuer, resources);
  const consents = await sql(findConsents, [userId, client.id, requested]);
  if (consents.length < requested.length) return undefined;
  return consents.map(({ scopes }) => scopes).reduce(stillAllowed);
}

const selectAllowed = statement<{ allowed: boolean }>(
  'has-allowed-client',
  `SELECT EXISTS (SELECT FROM consents WHERE user_id = $1 AND client_id = $2)
       OR EXISTS (SELECT FROM authorizations WHERE user_id = $1 AND client_id = $2) AS allowed`,
);

/** True if the user has allowed this client something before, whether or not the consent was remembered. */
export async function hasAllowed(sql: Sql, userId: string, clientRowId: string): Promise<boolean> {
  return (await sql(selectAllowed, [userId, clientRowId]))[0]?.allowed === true;
}
