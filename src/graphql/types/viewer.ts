import type { UserRow } from '../../directory/read-users.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { GroupConnection, GroupType, groupsOf } from './group.ts';
import { loadUser } from './user.ts';

/** The person a token speaks for. The token says who; the rest is read when it is asked for. */
interface Viewer {
  readonly id: string;
  readonly username: string;
}

async function profile(context: Context, { id }: Viewer): Promise<UserRow> {
  const person = await loadUser(context, id);
  // The token was alive a moment ago, and with it the account.
  if (!person) throw new Error('the account went away during the request');
  return person;
}

const PROFILE = { scopes: [['profile'], ['read']] } as const;
const EMAIL = { scopes: [['email'], ['read']] } as const;

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'The person this token speaks for.',
  fields: (t) => ({
    id: t.id({
      description: 'The same as their `User.id`, and the `sub` of OpenID Connect.',
      access: 'token',
      resolve: ({ id }) => prefixedId('usr', id),
    }),
    username: t.exposeString('username', { description: 'The name they sign in with.', access: PROFILE }),
    firstName: t.string({
      description: 'Their first name; empty if they have told none.',
      access: PROFILE,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).firstName,
    }),
    lastName: t.string({
      description: 'Their last name; empty if they have told none.',
      access: PROFILE,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).lastName,
    }),
    name: t.string({
      description: 'First and last name, or the username of those who have told neither.',
      access: PROFILE,
      resolve: async (viewer, _args, context) => {
        const { firstName, lastName } = await profile(context, viewer);
        return `${firstName} ${lastName}`.trim() || viewer.username;
      },
    }),
    email: t.string({
      description: 'Their e-mail address, if they have one.',
      nullable: true,
      access: EMAIL,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).email,
    }),
    emailVerified: t.boolean({
      description: 'Whether somebody with MANAGE_USERS says the address is theirs.',
      access: EMAIL,
      resolve: async (viewer, _args, context) => (await profile(context, viewer)).emailVerified,
    }),
    groups: t.connection(
      {
        type: GroupType,
        description: 'The groups they are in.',
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
    description: 'The person this token speaks for; null for a service, which speaks for itself.',
    nullable: true,
    access: 'token',
    resolve: (_root, _args, { token }) => token?.user ?? null,
  }),
);
