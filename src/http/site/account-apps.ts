import { DomainError } from '../../directory/error.ts';
import { listAppsWithAccess } from '../../oauth/authorize/apps-with-access.ts';
import { isClientId } from '../../oauth/clients/client.ts';
import { optional } from '../../oauth/params.ts';
import { scopeDescriptions } from '../../oauth/scopes/operator-scopes.ts';
import { POWERFUL_SCOPES } from '../../oauth/scopes/scope.ts';
import { revokeAuthorizations } from '../../oauth/tokens/admin-revocation.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { appsSection } from '../pages/account-apps.ts';
import type { AccountForm } from './account-form.ts';

export const apps: AccountForm = {
  done: 'That app no longer has access.',
  change: (ctx, actor, userId, params) => {
    const clientId = optional(params, 'client_id') ?? '';
    if (!isClientId(clientId)) throw new DomainError('NOT_FOUND', 'There is no such client', ['client_id']);
    return revokeAuthorizations(entityManager(ctx.state.database), actor, userId, clientId);
  },
  show: async ({ state: { sql, now } }, { section, session }) => {
    const found = await listAppsWithAccess(sql, session.user_id, now);
    const descriptions = await scopeDescriptions(
      sql,
      found.flatMap(({ scopes }) => scopes),
    );
    const allowed = (name: string) => ({
      name,
      description: descriptions.get(name) ?? name,
      powerful: POWERFUL_SCOPES.has(name),
    });
    return appsSection(
      section,
      found.map(({ scopes, ...app }) => ({ ...app, allowed: scopes.map(allowed) })),
    );
  },
};
