import type { UserRow } from '../../directory/read-users.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { GroupConnection, GroupType, groupsOf } from './group.ts';
import { loadUser, UserType, visibleEmail } from './user.ts';

/** The user of a token. The id and username come from the token; the other fields are loaded only if they are selected. */
interface Viewer {
  readonly id: string;
  readonly username: string;
}

async function profile(context: Context, { id }: Viewer): Promise<UserRow> {
  const user = await loadUser(context, id);
  // The token was valid at the start of the request, so the user existed then.
  if (!user) throw new Error('the user was deleted during the request');
  return user;
}

const PROFILE = { scopes: [['profile'], ['read']] } as const;
const EMAIL = { scopes: [['email'], ['read']] } as const;

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'The user for whom the token of this request was issued.',
  fields: (t) => ({
    sub: t.string({
      description: 'The id of the user: their `User.id`, and the `sub` of OpenID Connect.',
      access: 'token',
      resolve: ({ id }) => prefixedId('usr', id),
    }),
    user: t.field({
      type: UserType,
      description: 'The user as an object of the directory. Null if the account was deleted during the request.',
      nullable: true,
      access: { scopes: [['read']] },
      resolve: async ({ id }, _args, context) => (await loadUser(context, id)) ?? null,
    }),
    username: t.exposeString('username', { description: 'The name for signing in.', access: PROFILE }),
    firstName: t.string({
      description: 'First name. Empty if it is not set.',
      access: PROFILE,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).firstName,
    }),
    lastName: t.string({
      description: 'Last name. Empty if it is not set.',
      access: PROFILE,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).lastName,
    }),
    name: t.string({
      description: 'First and last name, or the username if neither is set.',
      access: PROFILE,
      resolve: async (viewer, _args, context) => {
        const { firstName, lastName } = await profile(context, viewer);
        return `${firstName} ${lastName}`.trim() || viewer.username;
      },
    }),
    email: t.string({
      description: 'Email address. Null if there is none.',
      nullable: true,
      access: EMAIL,
      resolve: async (viewer, _args, context) => visibleEmail(context, await profile(context, viewer)),
    }),
    emailVerified: t.boolean({
      description: 'Whether an administrator has verified that the email address belongs to the user.',
      access: EMAIL,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).emailVerified,
    }),
    groups: t.connection(
      {
        type: GroupType,
        description: 'The groups of which the user is a member.',
        access: { scopes: [['groups']] },
        resolve: (viewer, args, context) => groupsOf(context, viewer.id, args),
      },
      GroupConnection,
    ),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'The user for whom the token was issued. Null for a token from client_credentials.',
    nullable: true,
    access: 'token',
    resolve: (_root, _args, { token }) => token?.user ?? null,
  }),
);
