import { digest, isWellFormed, sameBytes } from '../../crypto/secrets.ts';
import { record } from '../../store/audit/record.ts';
import { statement } from '../../store/connection/sql.ts';
import { networkOf } from '../../store/networks.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { optional, type Params } from '../params.ts';
import { malformedHeader, parseBasicHeader } from './basic-credentials.ts';
import { type Client, findClient, isPublic } from './client.ts';
import { parseClientAssertion, verifyClientAssertion } from './client-assertion.ts';

interface Credentials {
  readonly clientId: string;
  /** Undefined if none was sent. */
  readonly secret: string | undefined;
  readonly assertion?: string;
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
}

type StoredSecret = Client['secrets'][number];

/** Milliseconds between two updates of last_used_at. */
const LAST_USED_INTERVAL = 3_600_000;
const touchSecret = statement<never>(
  'touch-client-secret',
  'UPDATE client_secrets SET last_used_at = $2 WHERE id = $1',
);

/**
 * RFC 6749 §2.3, §3.2.1: authenticates the client. Throws invalid_client, invalid_request if the credentials are malformed,
 * and TooManyAttempts after many failures.
 */
export async function authenticateClient(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<Client> {
  const { readings, malformed } = parseCredentials(header, params);
  const { sql, config, limits, now, origin } = request;
  const network = networkOf(origin.ip);
  const countsOf = (clientId: string) => ({ client: [clientId, network] });
  for (const { clientId } of readings) await limits.check(countsOf(clientId));

  let known: Client | undefined;
  for (const credentials of readings) {
    const client = await findClient(sql, config.issuer, credentials.clientId);
    if (!client) continue;
    request.found.clientId = client.clientId;
    const secret = matchingSecret(client, credentials.secret);
    if (await accepts(request, client, credentials, secret)) {
      if (secret) await touch(request, secret);
      return client;
    }
    known = client;
    logMisconfiguration(request, client, credentials.secret, secret);
    if (secret && !hasExpired(secret, now)) throw wrongMethod(request, client, credentials.method);
  }
  // Count the failure before recording it, so that requests with random client ids cannot fill the audit trail or the counters.
  // The order matters: guesses at a known client are always counted, even if its network has reached its limit.
  // Count by the client that was found, or else by the decoded id, so that another spelling of an id has no separate counter.
  const counts = countsOf(known?.clientId ?? readings.at(-1)?.clientId ?? '');
  const allClients = { clients: [network] };
  await limits.fail(known ? { ...counts, ...allClients } : { ...allClients, ...counts });
  // An unknown client is recorded as well, because a faster response would reveal that it is unknown.
  await record(sql, { kind: 'client_authentication.failed', at: now, clientId: known?.id, origin });
  // §5.2: an unknown client and a wrong secret get the same error, which does not reveal the cause.
  throw malformed ? malformedHeader() : new OAuthError('invalid_client', 'Client authentication failed.');
}

/** Returns all ways to interpret the credentials. A Basic header has two: form-encoded and not. */
function parseCredentials(header: string | undefined, params: Params) {
  const clientId = optional(params, 'client_id');
  const secret = optional(params, 'client_secret');
  const basicHeader = header !== undefined && /^basic(\s|$)/i.test(header) ? header : undefined;
  const assertion = parseClientAssertion(params);
  if (assertion) {
    if (basicHeader !== undefined || secret !== undefined) throw twoMethods();
    if (clientId !== undefined && clientId !== assertion.clientId)
      throw new OAuthError('invalid_request', 'The client_id parameter differs from the sub of the client_assertion.');
    return { readings: [{ ...assertion, secret: undefined, method: 'private_key_jwt' as const }], malformed: false };
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

/** §2.3: a client must use only one method per request. */
const twoMethods = (): OAuthError =>
  new OAuthError('invalid_request', 'Two client authentication methods were used at once.');

function matchingSecret(client: Client, secret: string | undefined): StoredSecret | undefined {
  // A secret with our prefix but a wrong checksum is a typing error, so it need not be compared.
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

/** Updates last_used_at once an hour. That shows which secrets are in use without a write on every request. */
async function touch({ sql, now }: OAuthRequest, { id, lastUsedAt }: StoredSecret): Promise<void> {
  if (lastUsedAt === undefined || now.getTime() - lastUsedAt.getTime() > LAST_USED_INTERVAL)
    await sql(touchSecret, [id, now]);
}

/** Logs why authentication failed if the client is misconfigured. The client itself must not learn it. */
function logMisconfiguration(
  { log, now, origin }: OAuthRequest,
  client: Client,
  presented: string | undefined,
  secret: StoredSecret | undefined,
): void {
  const about = { client: client.clientId, requestId: origin.requestId };
  if (secret && hasExpired(secret, now))
    log.warn({ ...about, secret: prefixedId('sec', secret.id) }, 'client sent an expired secret');
  else if (presented !== undefined && isStoredDigest(client, presented))
    log.warn(about, 'client sent the stored digest of its secret instead of the secret');
}

/** The right secret by a method that is not registered. It is no guess, so it is not counted, and its sender may know why. */
function wrongMethod({ log, origin }: OAuthRequest, client: Client, used: Credentials['method']): OAuthError {
  const registered = client.tokenEndpointAuthMethod;
  log.warn({ client: client.clientId, requestId: origin.requestId, registered, used }, 'client used the wrong method');
  return new OAuthError('invalid_client', `This client is registered for ${registered}, but it used ${used}.`);
}

const isStoredDigest = ({ secrets }: Client, presented: string): boolean =>
  secrets.some(({ digest: stored }) =>
    (['hex', 'base64', 'base64url'] as const).some((encoding) => stored.toString(encoding) === presented),
  );
