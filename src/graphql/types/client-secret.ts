import type { RegisteredSecret } from '../../oauth/registered-clients.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';

export const ClientSecretType = builder.objectRef<RegisteredSecret>('ClientSecret').implement({
  description: 'A secret of a client: when it was made, used and will end. Never the secret.',
  access: { scopes: [['clients']], permission: 'MANAGE_CLIENTS', own: true },
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: ({ id }) => prefixedId('sec', id) }),
    label: t.exposeString('label', { description: 'What you called it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends; null: never.', nullable: true }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description: 'When it was last used, to the hour; null: never.',
      nullable: true,
    }),
  }),
});
