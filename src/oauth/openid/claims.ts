import { type Sql, statement } from '../../store/connection/sql.ts';
import type { BuiltInScope } from '../scopes/scope.ts';

/** OpenID Connect Core 1.0 §5.4: what each scope tells of the person; `groups` is what many servers and clients agree on. */
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
  groups: string[];
}

const selectPerson = statement<Row>(
  'find-claims',
  `SELECT u.username, u.first_name, u.last_name, u.email, u.email_verified,
          CASE WHEN $2::boolean THEN ARRAY(
            SELECT g.name FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id ORDER BY g.name
          ) ELSE '{}' END AS groups
   FROM users u WHERE u.id = $1`,
);

/** What these scopes let a client know of the person as things stand now; what is not known is left out (§5.3.2). */
export async function claimsOf(sql: Sql, userId: string, scopes: readonly string[]): Promise<Claims> {
  const told = (scope: keyof typeof SCOPE_CLAIMS): boolean => scopes.includes(scope);
  if (!told('profile') && !told('email') && !told('groups')) return {};
  const [person] = await sql(selectPerson, [userId, told('groups')]);
  if (!person) return {};
  const { username, first_name: first, last_name: last, email } = person;
  return {
    ...(told('profile') && {
      name: `${first} ${last}`.trim() || username,
      ...(first !== '' && { given_name: first }),
      ...(last !== '' && { family_name: last }),
      preferred_username: username,
    }),
    ...(told('email') && email !== null && { email, email_verified: person.email_verified }),
    ...(told('groups') && { groups: person.groups }),
  };
}
