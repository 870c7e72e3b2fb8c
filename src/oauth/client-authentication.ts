import { digest, isWellFormed, sameBytes } from '../secrets.ts';
import { type Sql, statement } from '../store/sql.ts';
import { type Client, findClient, isPublic } from './client.ts';
import { OAuthError } from './error.ts';
import type { OAuthRequest } from './oauth-request.ts';
import { optional, type Params } from './params.ts';

interface Credentials {
  readonly clientId: string;
  /** Undefined: none was sent. */
  readonly secret: string | undefined;
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none';
}

/** One sentence for an unknown client, a wrong secret and a method that is not the registered one (RFC 6749 §5.2). */
const invalidClient = (): OAuthError => new OAuthError('invalid_client', 'Client authentication failed.');

const LAST_USED_STEP = 3_600_000;
const touchSecret = statement<never>(
  'touch-client-secret',
  'UPDATE client_secrets SET last_used_at = $2 WHERE id = $1',
);

/** RFC 6749 §2.3, §3.2.1: who is calling. Throws invalid_client, or invalid_request where the attempt itself is malformed. */
export async function authenticateClient(
  { sql, config, now }: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<Client> {
  const basic = header !== undefined && /^basic(\s|$)/i.test(header) ? readBasic(header) : undefined;
  const clientId = optional(params, 'client_id');
  const secret = optional(params, 'client_secret');

  if (basic === undefined) {
    if (clientId === undefined) throw new OAuthError('invalid_client', 'No client authentication was sent.');
    const method = secret === undefined ? 'none' : 'client_secret_post';
    return verify(sql, await findClient(sql, config.issuer, clientId, now), { clientId, secret, method }, now);
  }
  // §2.3: not more than one method a request.
  if (secret !== undefined)
    throw new OAuthError('invalid_request', 'Two client authentication methods were used at once.');

  for (const credentials of basic.readings) {
    if (clientId !== undefined && clientId !== credentials.clientId) continue;
    const client = await findClient(sql, config.issuer, credentials.clientId, now);
    if (client && accepts(client, credentials)) return verify(sql, client, credentials, now);
  }
  if (clientId !== undefined && !basic.readings.some((reading) => reading.clientId === clientId))
    throw new OAuthError(
      'invalid_request',
      'The client_id parameter differs from the one in the Authorization header.',
    );
  if (basic.malformed) throw new OAuthError('invalid_request', 'The Authorization header is malformed.');
  throw invalidClient();
}

/** RFC 7617, with RFC 6749 §2.3.1's form-encoding: half of all clients encode, the other half does not, so both are read. */
function readBasic(header: string): { readings: Credentials[]; malformed: boolean } {
  const match = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header);
  const text = match?.[1] === undefined ? undefined : decodeUtf8(Buffer.from(match[1], 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0)
    throw new OAuthError('invalid_request', 'The Authorization header is malformed.');

  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const decodedId = decodeForm(id);
  const decodedSecret = decodeForm(secret);
  const readings = [credentialsOf(id, secret)];
  if (decodedId !== undefined && decodedSecret !== undefined && (decodedId !== id || decodedSecret !== secret))
    readings.push(credentialsOf(decodedId, decodedSecret));
  // A form-encoded value has neither a second colon nor a lone `%`: such a header is right only if its raw reading is.
  return { readings, malformed: secret.includes(':') || decodedId === undefined || decodedSecret === undefined };
}

function credentialsOf(clientId: string, secret: string): Credentials {
  return secret === ''
    ? { clientId, secret: undefined, method: 'none' }
    : { clientId, secret, method: 'client_secret_basic' };
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function matchingSecret(client: Client, secret: string): Client['secrets'][number] | undefined {
  // A value that claims to be one of ours and fails its checksum is a typing error: nothing to compare.
  if (secret.startsWith('gcs_') && !isWellFormed('gcs', secret)) return undefined;
  const presented = digest(secret);
  return client.secrets.filter((stored) => sameBytes(stored.digest, presented))[0];
}

function accepts(client: Client, { secret, method }: Credentials): boolean {
  if (isPublic(client)) return method === 'none';
  if (secret === undefined) return false;
  const registered = client.tokenEndpointAuthMethod;
  return (registered === undefined || registered === method) && matchingSecret(client, secret) !== undefined;
}

async function verify(sql: Sql, client: Client | undefined, credentials: Credentials, now: Date): Promise<Client> {
  if (!client || !accepts(client, credentials)) throw invalidClient();
  const used = credentials.secret === undefined ? undefined : matchingSecret(client, credentials.secret);
  // Hourly is exact enough to see which secret is still in use, and keeps the write off the hot path.
  if (used && (used.lastUsedAt === undefined || now.getTime() - used.lastUsedAt.getTime() > LAST_USED_STEP))
    await sql(touchSecret, [used.id, now]);
  return client;
}
