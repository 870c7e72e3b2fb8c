import type { RegisteredSecret } from '../../oauth/registration/list.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';

export const ClientSecretType = builder.objectRef<RegisteredSecret>('ClientSecret').implement({
  description: 'A secret of a client: when it was created, when it was last used and when it expires. Never its value.',
  access: { scopes: [['clients']], permission: 'MANAGE_CLIENTS', own: true },
  fields: (t) => ({
    id: t.id({
      description: 'Identifies the secret. It is not part of its value.',
      resolve: ({ id }) => prefixedId('sec', id),
    }),
    label: t.exposeString('label', {
      description: 'Name given when the secret was created. Empty if none was given.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the secret was created.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the secret expires. Null: never.',
      nullable: true,
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description: 'When the secret was last used, to the hour. Null: never.',
      nullable: true,
    }),
  }),
});
