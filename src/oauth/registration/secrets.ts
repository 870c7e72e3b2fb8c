import { LockMode } from '@mikro-orm/core';
import { digest, makeSecret } from '../../crypto/secrets.ts';
import type { Actor } from '../../directory/actor.ts';
import { DomainError } from '../../directory/error.ts';
import type { Em } from '../../store/connection/orm.ts';
import { Client } from '../../store/entities/client.ts';
import { ClientSecret } from '../../store/entities/client-secret.ts';
import { secondsLater } from '../lifetime.ts';
import { requireAuthority, requireReach } from './authority.ts';
import { recordClient } from './columns.ts';

const DAY = 86_400;
const OVERLAP_MAX = 30 * DAY;
const SECRETS_MAX = 10;
const LABEL_MAX = 100;

/** The number of expired secrets that are kept, so that an operator can see which of them an app still sends. */
const EXPIRED_KEPT = 10;
const deleteExpired = `
  DELETE FROM client_secrets WHERE id IN (
    SELECT id FROM client_secrets WHERE client_id = ? AND expires_at <= ? ORDER BY expires_at DESC, id DESC OFFSET ?
  )`;

export interface Rotation {
  readonly label?: string | null | undefined;
  /** Seconds for which existing secrets stay valid; 0: they expire at once; omitted: one day. */
  readonly overlapSeconds?: number | null | undefined;
}

/** Adds a secret to a client and returns it. Only its SHA-256 is stored, which is enough because the secret is random. */
export function addSecret(tx: Em, client: Client, now: Date, label: string, imported?: string): string {
  const secret = imported ?? makeSecret('gcs');
  tx.persist(
    tx.create(ClientSecret, {
      client,
      label,
      digest: digest(secret),
      createdAt: now,
      expiresAt: null,
      lastUsedAt: null,
    }),
  );
  return secret;
}

/** Locks the client with that client_id. Throws NOT_FOUND, or FORBIDDEN unless the actor may change it. */
export async function lockOwnClient(tx: Em, actor: Actor, clientId: string): Promise<Client> {
  const client = await tx.findOne(Client, { clientId }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  if (!client) throw new DomainError('NOT_FOUND', 'There is no such client', ['clientId']);
  requireAuthority(actor, client);
  return client;
}

/** Adds a secret to a client. Earlier secrets stay valid for a while, so that a running service is not interrupted. */
export async function rotateClientSecret(
  em: Em,
  actor: Actor,
  clientId: string,
  { label, overlapSeconds }: Rotation,
): Promise<{ client: Client; secret: string }> {
  const overlap = overlapSeconds ?? DAY;
  if (!(Number.isInteger(overlap) && overlap >= 0 && overlap <= OVERLAP_MAX))
    throw new DomainError('INVALID', `The overlap must be between 0 and ${OVERLAP_MAX} seconds`, ['overlapSeconds']);
  const name = label ?? '';
  if ([...name].length > LABEL_MAX || /\p{C}/u.test(name))
    throw new DomainError('INVALID', `A label has at most ${LABEL_MAX} visible characters`, ['label']);

  return em.transactional(async (tx) => {
    const client = await lockOwnClient(tx, actor, clientId);
    if (client.tokenEndpointAuthMethod === 'none')
      throw new DomainError('INVALID', 'A public client has no secret', ['clientId']);
    if (client.tokenEndpointAuthMethod === 'private_key_jwt')
      throw new DomainError('INVALID', 'This client authenticates with its own keys. Change its jwks instead', [
        'clientId',
      ]);
    requireReach(actor, client);
    const end = secondsLater(actor.now, overlap);
    // Secrets that expire sooner are unchanged: a rotation never extends a lifetime.
    await tx.nativeUpdate(
      ClientSecret,
      { client, $or: [{ expiresAt: null }, { expiresAt: { $gt: end } }] },
      { expiresAt: end },
    );
    await tx.execute(deleteExpired, [client.id, actor.now, EXPIRED_KEPT]);
    const valid = { client, $or: [{ expiresAt: null }, { expiresAt: { $gt: actor.now } }] };
    if ((await tx.count(ClientSecret, valid)) >= SECRETS_MAX)
      throw new DomainError(
        'INVALID',
        `The client has ${SECRETS_MAX} valid secrets. Wait until some expire, or set overlapSeconds to 0`,
      );

    const secret = addSecret(tx, client, actor.now, name);
    await tx.flush();
    recordClient(tx, actor, 'client.secret_rotated', client, { label: name, overlapSeconds: overlap });
    return { client, secret };
  });
}
