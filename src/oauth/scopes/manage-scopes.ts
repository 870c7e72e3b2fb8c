import type { Actor } from '../../directory/actor.ts';
import { requirePermission } from '../../directory/authorize.ts';
import { DomainError } from '../../directory/error.ts';
import { recordInTransaction } from '../../store/audit/record-in-transaction.ts';
import type { Em } from '../../store/connection/orm.ts';
import { violatedUniqueConstraint } from '../../store/connection/sql-errors.ts';
import { Scope } from '../../store/entities/scope.ts';
import type { NamedScope } from './operator-scopes.ts';
import { SCOPE_TOKEN, SCOPES } from './scope.ts';

const NAME_MAX = 100;
const DESCRIPTION_MAX = 200;

/** Creates a custom scope for an API of the operator. It gives no access to this server's API. */
export async function createScope(
  em: Em,
  actor: Actor,
  input: { name: string; description: string },
): Promise<NamedScope> {
  requirePermission(actor, 'MANAGE_CLIENTS');
  const { name, description } = input;
  if (name.length > NAME_MAX || !SCOPE_TOKEN.test(name))
    throw new DomainError('INVALID', `A scope must be at most ${NAME_MAX} ASCII characters without spaces, " and \\`, [
      'name',
    ]);
  if (Object.hasOwn(SCOPES, name)) throw new DomainError('TAKEN', 'There is already a scope with this name', ['name']);
  if (description.trim() === '' || [...description].length > DESCRIPTION_MAX || /\p{C}/u.test(description))
    throw new DomainError('INVALID', `The description must be one line of at most ${DESCRIPTION_MAX} characters`, [
      'description',
    ]);

  try {
    await em.transactional(async (tx) => {
      // A request that was in flight while a scope of this name was deleted may have stored the name again.
      await removeScope(tx, name);
      tx.persist(tx.create(Scope, { name, description, createdAt: actor.now }));
      recordScope(tx, actor, 'scope.created', name);
    });
  } catch (error) {
    if (violatedUniqueConstraint(error) !== undefined)
      throw new DomainError('TAKEN', 'There is already a scope with this name', ['name']);
    throw error;
  }
  return { name, description, builtIn: false };
}

/** One statement for every table that stores names of scopes. */
const REMOVE_SCOPE = `
  WITH deleted (scope) AS (VALUES (?::text)),
  ${['consents', 'authorizations', 'access_tokens', 'authorization_requests']
    .map(
      (table) =>
        `of_${table} AS (UPDATE ${table} SET scopes = array_remove(scopes, scope) FROM deleted WHERE scope = ANY (scopes))`,
    )
    .join(',')}
  UPDATE clients SET scopes = array_remove(scopes, scope), default_scopes = array_remove(default_scopes, scope)
  FROM deleted WHERE scope = ANY (scopes)`;

/**
 * Removes the name from clients, consents, authorizations, access tokens and pending requests. A scope that is created later
 * under the same name may mean something else, which no user has agreed to.
 */
async function removeScope(tx: Em, name: string): Promise<void> {
  await tx.execute(REMOVE_SCOPE, [name]);
}

/** Deletes a custom scope, and removes it from everything that was granted. */
export async function deleteScope(em: Em, actor: Actor, name: string): Promise<void> {
  requirePermission(actor, 'MANAGE_CLIENTS');
  if (Object.hasOwn(SCOPES, name)) throw new DomainError('INVALID', 'A built-in scope cannot be deleted', ['name']);
  await em.transactional(async (tx) => {
    if ((await tx.nativeDelete(Scope, { name })) === 0)
      throw new DomainError('NOT_FOUND', 'There is no such scope', ['name']);
    await removeScope(tx, name);
    recordScope(tx, actor, 'scope.deleted', name);
  });
}

function recordScope(tx: Em, actor: Actor, kind: 'scope.created' | 'scope.deleted', name: string): void {
  const { caller, now, origin } = actor;
  recordInTransaction(tx, {
    kind,
    at: now,
    actorId: caller.userId,
    clientId: caller.clientId,
    origin,
    detail: { scope: name },
  });
}
