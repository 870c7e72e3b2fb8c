import { digest, isWellFormed, sameBytes } from '../../crypto/secrets.ts';
import { record } from '../../store/audit/record.ts';
import { statement } from '../../store/connection/sql.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { networkOf } from '../../store/rate-limits.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { optional, type Params } from '../params.ts';
import { malformedHeader, parseBasicHeader } from './basic-credentials.ts';
import { type Client, findClient, isPublic } from './client.ts';
import { parseClientAssertion, verifyClientAssertion } from './client-assertion.ts';

interface Credentials {
  readonly clientId: string;
  /** Undefined: none was sent. */
  readonly secret: string | undefined;
  readonly assertion?: string;
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
}

type StoredSecret = Client['secrets'][number];

const LAST_USED_STEP = 3_600_000;
const touchSecret = statement<never>(
  'touch-client-secret',
  'UPDATE client_secrets SET last_used_at = $2 WHERE id = $1',
);

/**
 * RFC 6749 §2.3, §3.2.1: who is calling. Throws invalid_client, invalid_request where the attempt itself is malformed, and
 * TooManyAttempts after many failures.
 */
export async function authenticateClient(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<Client> {
  const { readings, malformed } = readCredentials(header, params);
  const { sql, config, limits, now, origin } = request;
  const network = networkOf(origin.ip);
  const counts = { client: [readings[0]?.clientId ?? '', network] };
  await limits.check(counts);

  let known: Client | undefined;
  for (const credentials of readings) {
    const client = await findClient(sql, config.issuer, credentials.clientId);
    if (!client) continue;
    const secret = matchingSecret(client, credentials.secret);
    if (await accepts(request, client, credentials, secret)) {
      if (secret) await touch(request, secret);
      return client;
    }
    known = client;
    tellOperator(request, client, credentials.secret, secret);
  }
  // Before it is recorded: a stranger with a new name for each request must fill neither the trail nor the counts. Guesses at
  // the secret of a client that is there are counted whatever else came from that network.
  const everybody = { clients: [network] };
  await limits.fail(known ? { ...counts, ...everybody } : { ...everybody, ...counts });
  // For an unknown client as well: a statement less would be an answer sooner.
  await record(sql, { kind: 'client_authentication.failed', at: now, clientId: known?.id, origin });
  // One sentence for an unknown client, a wrong secret and a method that is not the registered one (§5.2).
  throw malformed ? malformedHeader() : new OAuthError('invalid_client', 'Client authentication failed.');
}

/** Each reading is one way to understand what was sent: of a Basic header there are two. */
function readCredentials(header: string | undefined, params: Params) {
  const clientId = optional(params, 'client_id');
  const secret = optional(params, 'client_secret');
  const basicHeader = header !== undefined && /^basic(\s|$)/i.test(header) ? header : undefined;
  const signed = parseClientAssertion(params);
  if (signed) {
    if (basicHeader !== undefined || secret !== undefined) throw twoMethods();
    if (clientId !== undefined && clientId !== signed.clientId)
      throw new OAuthError('invalid_request', 'The client_id parameter differs from the sub of the client_assertion.');
    return { readings: [{ ...signed, secret: undefined, method: 'private_key_jwt' as const }], malformed: false };
  }
  if (basicHeader === undefined) {
    if (clientId === undefined) throw new OAuthError('invalid_client', 'No client authentication was sent.');
    const method = secret === undefined ? ('none' as const) : ('client_secret_post' as const);
    return { readings: [{ clientId, secret, method }], malformed: false };
  }
  const basic = parseBasicHeader(basicHeader);
  if (secret !== undefined) throw twoMethods();
  const readings = basic.readings
    .filter((reading) => clientId === undefined || clientId === reading.clientId)
    .map(
      (reading): Credentials => ({
        ...reading,
        method: reading.secret === undefined ? 'none' : 'client_secret_basic',
      }),
    );
  if (readings.length === 0)
    throw new OAuthError(
      'invalid_request',
      'The client_id parameter differs from the one in the Authorization header.',
    );
  return { readings, malformed: basic.malformed };
}

/** §2.3: not more than one method a request. */
const twoMethods = (): OAuthError =>
  new OAuthError('invalid_request', 'Two client authentication methods were used at once.');

function matchingSecret(client: Client, secret: string | undefined): StoredSecret | undefined {
  // A value that claims to be one of ours and fails its checksum is a typing error: nothing to compare.
  if (secret === undefined || (secret.startsWith('gcs_') && !isWellFormed('gcs', secret))) return undefined;
  const presented = digest(secret);
  return client.secrets.filter((stored) => sameBytes(stored.digest, presented))[0];
}

const hasExpired = ({ expiresAt }: StoredSecret, now: Date): boolean => expiresAt !== undefined && expiresAt <= now;

async function accepts(
  request: OAuthRequest,
  client: Client,
  { method, assertion }: Credentials,
  secret: StoredSecret | undefined,
): Promise<boolean> {
  if (isPublic(client)) return method === 'none';
  const registered = client.tokenEndpointAuthMethod;
  if (assertion !== undefined) return registered === method && verifyClientAssertion(request, client, assertion);
  return (
    secret !== undefined && !hasExpired(secret, request.now) && (registered === undefined || registered === method)
  );
}

/** Hourly is exact enough to see which secret is still in use, and keeps the write off the hot path. */
async function touch({ sql, now }: OAuthRequest, { id, lastUsedAt }: StoredSecret): Promise<void> {
  if (lastUsedAt === undefined || now.getTime() - lastUsedAt.getTime() > LAST_USED_STEP)
    await sql(touchSecret, [id, now]);
}

/** What an operator needs to find the app that is set up wrongly, and the caller must not learn. */
function tellOperator(
  { log, now, origin }: OAuthRequest,
  client: Client,
  presented: string | undefined,
  secret: StoredSecret | undefined,
): void {
  const about = { client: client.clientId, requestId: origin.requestId };
  if (secret && hasExpired(secret, now))
    log.warn({ ...about, secret: prefixedId('sec', secret.id) }, 'a client sent a secret that has expired');
  else if (presented !== undefined && isStoredDigest(client, presented))
    log.warn(about, 'a client sent the stored digest of its secret in place of the secret');
}

const isStoredDigest = ({ secrets }: Client, presented: string): boolean =>
  secrets.some(({ digest: stored }) =>
    (['hex', 'base64', 'base64url'] as const).some((encoding) => stored.toString(encoding) === presented),
  );
