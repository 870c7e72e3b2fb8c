import { type Page, pagedList, readPagesTogether, readPageTogether } from '../store/connection/keyset.ts';
import { type Sql, statement } from '../store/connection/sql.ts';

/** A user as the API shows them. It has no password hash, which only the statements that verify passwords load. */
export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  /** True if only the user has said that this is their address. */
  readonly emailClaimed: boolean;
  readonly firstName: string;
  readonly lastName: string;
  readonly attributes: Record<string, unknown>;
  readonly superuser: boolean;
  readonly disabled: boolean;
  readonly createdAt: Date;
}

/** A row of a nested list. `parent` is the id of the object that the list belongs to. */
export type WithParent<Row> = Row & { readonly parent: string };

const USER = `
  u.id, u.username, u.email, u.email_verified AS "emailVerified",
  u.email IS NOT NULL AND u.email_key IS NULL AS "emailClaimed", u.first_name AS "firstName", u.last_name AS "lastName",
  u.attributes, u.superuser, u.disabled, u.created_at AS "createdAt"`;

const selectUsers = statement<UserRow>('find-users', `SELECT ${USER} FROM users u WHERE u.id = ANY($1::uuid[])`);

const users = pagedList<UserRow>(
  'list-users',
  'u.created_at',
  'u.id',
  ({ window, cut }) => `SELECT ${USER} FROM users u WHERE ${window} ${cut}`,
);

const members = pagedList<WithParent<UserRow>>(
  'list-members',
  'u.created_at',
  'u.id',
  ({ window, cut, order }) =>
    `SELECT g.id AS parent, m.* FROM unnest($6::uuid[]) AS g (id) CROSS JOIN LATERAL (
       SELECT ${USER} FROM group_members gm JOIN users u ON u.id = gm.user_id WHERE gm.group_id = g.id AND ${window} ${cut}
     ) m ORDER BY m."createdAt" ${order}, m.id ${order}`,
);

export const findUsers = (sql: Sql, ids: readonly string[]): Promise<UserRow[]> => sql(selectUsers, [ids]);

export const listUsers = readPageTogether(users);

/** Reads a page of members for each of these groups, in one statement. */
export const listMembers = (sql: Sql, groupIds: readonly string[], page: Page): Promise<WithParent<UserRow>[]> =>
  readMembers(sql, { page, parents: groupIds });

const readMembers = readPagesTogether(members);
