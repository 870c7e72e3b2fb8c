import { randomInt } from 'node:crypto';
import type { Actor } from '../../directory/actor.ts';
import { DomainError } from '../../directory/error.ts';
import { lockUser } from '../../directory/lock.ts';
import { holds } from '../../directory/permissions.ts';
import type { Em } from '../../store/connection/orm.ts';
import { violatedUniqueConstraint } from '../../store/connection/sql-errors.ts';
import { Client } from '../../store/entities/client.ts';
import { User } from '../../store/entities/user.ts';
import { requireRights } from './authority.ts';
import { knownScopes, recordClient, toColumns } from './columns.ts';
import { type ClientRegistration, checkMetadata, checkResponseTypes, hasSecret, INITIAL, merge } from './metadata.ts';
import { addSecret } from './secrets.ts';
import { OWN_CLIENTS_MAX } from './self-service.ts';

/** A client that the operator imports from another server, with its id and secret. */
export interface ImportedClient {
  readonly clientId?: string | undefined;
  readonly secret?: string | undefined;
  readonly seeded?: boolean | undefined;
}

const IMPORTED_SECRET_MIN = 32;
/** RFC 6749 App. A.1: VSCHAR, as other servers create them, without invisible spaces around it. */
const CLIENT_ID = /^(?! )[\x20-\x7e]{1,200}(?<! )$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Registers a client and returns its secret, which is shown only once. A public client and one with keys have none. */
export async function registerClient(
  em: Em,
  actor: Actor,
  input: ClientRegistration,
  imported: ImportedClient = {},
): Promise<{ client: Client; secret: string | undefined }> {
  const known = await knownScopes(em);
  checkResponseTypes(input.responseTypes, input.grantTypes);
  const given = merge(INITIAL, input);
  const metadata = checkMetadata({ ...given, defaultScopes: input.defaultScopes ?? given.scopes }, known);
  requireRights(actor, metadata);
  checkImported(imported, hasSecret(metadata));

  return reportTakenId(() =>
    em.transactional(async (tx) => {
      await checkClientLimit(tx, actor);
      const owner = actor.caller.userId === undefined ? null : tx.getReference(User, actor.caller.userId);
      const client = tx.create(Client, {
        ...toColumns(metadata),
        clientId: imported.clientId ?? makeClientId(),
        seeded: imported.seeded ?? false,
        createdAt: actor.now,
        owner,
      });
      tx.persist(client);
      const secret = hasSecret(metadata) ? addSecret(tx, client, actor.now, '', imported.secret) : undefined;
      await tx.flush();
      recordClient(tx, actor, 'client.created', client, {
        grantTypes: metadata.grantTypes,
        scope: metadata.scopes.join(' '),
      });
      return { client, secret };
    }),
  );
}

/** Locks the owner before it counts, so that concurrent registrations cannot exceed the limit. */
async function checkClientLimit(tx: Em, actor: Actor): Promise<void> {
  const { userId } = actor.caller;
  if (userId === undefined || holds(actor.caller, 'MANAGE_CLIENTS')) return;
  await lockUser(tx, userId);
  if ((await tx.count(Client, { owner: userId })) >= OWN_CLIENTS_MAX)
    throw new DomainError(
      'INVALID',
      `You have ${OWN_CLIENTS_MAX} clients. Delete one first, or get the permission MANAGE_CLIENTS`,
    );
}

function checkImported({ clientId, secret, seeded }: ImportedClient, takesSecret: boolean): void {
  if (clientId !== undefined && !CLIENT_ID.test(clientId))
    throw new DomainError(
      'INVALID',
      'A client id must be printable ASCII of at most 200 characters, without spaces at either end',
      ['clientId'],
    );
  if (secret === undefined) return;
  if (!takesSecret) throw new DomainError('INVALID', 'A client of this kind has no secret', ['secret']);
  // A short secret could be guessed. The demo secret is public anyway.
  if (!seeded && secret.length < IMPORTED_SECRET_MIN)
    throw new DomainError('INVALID', `An imported secret needs ${IMPORTED_SECRET_MIN} characters or more`, ['secret']);
  // RFC 6749 App. A.2: a secret consists of VSCHAR. The prefix gcs_ marks generated secrets.
  if (!/^[\x20-\x7e]{1,512}$/.test(secret) || secret.startsWith('gcs_'))
    throw new DomainError('INVALID', 'An imported secret must be printable ASCII and must not start with gcs_', [
      'secret',
    ]);
}

/** 238 random bits. */
const makeClientId = (): string => Array.from({ length: 40 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

async function reportTakenId<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedUniqueConstraint(error) === 'clients_client_id_unique')
      throw new DomainError('TAKEN', 'Another client has this id', ['clientId']);
    throw error;
  }
}
