import { type Page, pagedList, readPagesTogether, readPageTogether } from '../store/connection/keyset.ts';
import { type Sql, statement } from '../store/connection/sql.ts';

/** A user as the API shows them: no password hash ever leaves the statements that check one. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly firstName: string;
  readonly lastName: string;
  readonly attributes: Record<string, unknown>;
  readonly superuser: boolean;
  readonly disabled: boolean;
  readonly createdAt: Date;
}

/** A row of somebody's list: `parent` is whose. */
export type Of<Row> = Row & { readonly parent: string };

const PERSON = `
  u.id, u.username, u.email, u.email_verified AS "emailVerified", u.first_name AS "firstName", u.last_name AS "lastName",
  u.attributes, u.superuser, u.disabled, u.created_at AS "createdAt"`;

const selectPeople = statement<Person>('find-people', `SELECT ${PERSON} FROM users u WHERE u.id = ANY($1::uuid[])`);

const people = pagedList<Person>(
  'list-people',
  'u.created_at',
  'u.id',
  ({ window, cut }) => `SELECT ${PERSON} FROM users u WHERE ${window} ${cut}`,
);

const members = pagedList<Of<Person>>(
  'list-members',
  'u.created_at',
  'u.id',
  ({ window, cut, order }) =>
    `SELECT g.id AS parent, m.* FROM unnest($6::uuid[]) AS g (id) CROSS JOIN LATERAL (
       SELECT ${PERSON} FROM group_members gm JOIN users u ON u.id = gm.user_id WHERE gm.group_id = g.id AND ${window} ${cut}
     ) m ORDER BY m."createdAt" ${order}, m.id ${order}`,
);

export const findPeople = (sql: Sql, ids: readonly string[]): Promise<Person[]> => sql(selectPeople, [ids]);

export const listPeople = readPageTogether(people);

/** The members of many groups, a page of each, in one statement. */
export const listMembers = (sql: Sql, groupIds: readonly string[], page: Page): Promise<Of<Person>[]> =>
  readMembers(sql, { page, parents: groupIds });

const readMembers = readPagesTogether(members);
