import { type Sql, statement } from '../../store/connection/sql.ts';
import type { BuiltInScope } from '../scopes/scope.ts';

/** OpenID Connect Core 1.0 §5.4: the claims of each scope. `groups` is not in the standard, but widely used. */
export const SCOPE_CLAIMS = {
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
} as const satisfies Partial<Record<BuiltInScope, readonly string[]>>;

/** OpenID Connect Core 1.0 §5.1 */
export interface Claims {
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly preferred_username?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
}

interface Row {
  username: string;
  first_name: string;
  last_name: string;
  email: string | null;
  email_verified: boolean;
  email_claimed: boolean;
  groups: string[];
}

const selectClaims = statement<Row>(
  'find-claims',
  `SELECT u.username, u.first_name, u.last_name, u.email, u.email_verified, u.email_key IS NULL AS email_claimed,
          CASE WHEN $2::boolean THEN ARRAY(
            SELECT g.name FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id ORDER BY g.name
          ) ELSE '{}' END AS groups
   FROM users u WHERE u.id = $1`,
);

/**
 * The current claims of a user for these scopes. Claims without a value are omitted (§5.3.2), and so is an email address that only
 * the user has claimed, unless the client is registered for it: some clients link accounts by address.
 */
export async function claimsOf(
  sql: Sql,
  { unverifiedEmail }: { readonly unverifiedEmail: boolean },
  userId: string,
  scopes: readonly string[],
): Promise<Claims> {
  const granted = (scope: keyof typeof SCOPE_CLAIMS): boolean => scopes.includes(scope);
  if (!granted('profile') && !granted('email') && !granted('groups')) return {};
  const [user] = await sql(selectClaims, [userId, granted('groups')]);
  if (!user) return {};
  const { username, first_name: first, last_name: last, email } = user;
  return {
    ...(granted('profile') && {
      name: `${first} ${last}`.trim() || username,
      ...(first !== '' && { given_name: first }),
      ...(last !== '' && { family_name: last }),
      preferred_username: username,
    }),
    ...(granted('email') &&
      email !== null &&
      (unverifiedEmail || !user.email_claimed) && { email, email_verified: user.email_verified }),
    ...(granted('groups') && { groups: user.groups }),
  };
}
