import type { RegisteredSecret } from '../../oauth/registration/list.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';

export const ClientSecretType = builder.objectRef<RegisteredSecret>('ClientSecret').implement({
  description:
    'What is known of a secret of a client: when it was made, when it was used, when it ends. Never its value.',
  access: { scopes: [['clients']], permission: 'MANAGE_CLIENTS', own: true },
  fields: (t) => ({
    id: t.id({
      description: 'Tells this secret from the others; it is no part of its value.',
      resolve: ({ id }) => prefixedId('sec', id),
    }),
    label: t.exposeString('label', {
      description: 'What it was called by whoever made it; empty if nothing was said.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends, or ended. Null: it does not.',
      nullable: true,
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description: 'When it was last used, to the hour. Null: it has not been used.',
      nullable: true,
    }),
  }),
});
