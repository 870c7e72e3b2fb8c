import { type Page, pagedList, readPagesTogether, readPageTogether } from '../store/connection/keyset.ts';
import { type Sql, statement } from '../store/connection/sql.ts';
import type { WithParent } from './read-users.ts';

/** A group as the API shows it. */
export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly createdAt: Date;
}

const GROUP = 'g.id, g.name, g.permissions, g.created_at AS "createdAt"';

const selectGroups = statement<GroupRow>('find-groups', `SELECT ${GROUP} FROM groups g WHERE g.id = ANY($1::uuid[])`);

const groups = pagedList<GroupRow>(
  'list-groups',
  'g.created_at',
  'g.id',
  ({ window, cut }) => `SELECT ${GROUP} FROM groups g WHERE ${window} ${cut}`,
);

const memberships = pagedList<WithParent<GroupRow>>(
  'list-memberships',
  'g.created_at',
  'g.id',
  ({ window, cut, order }) =>
    `SELECT u.id AS parent, m.* FROM unnest($6::uuid[]) AS u (id) CROSS JOIN LATERAL (
       SELECT ${GROUP} FROM group_members gm JOIN groups g ON g.id = gm.group_id WHERE gm.user_id = u.id AND ${window} ${cut}
     ) m ORDER BY m."createdAt" ${order}, m.id ${order}`,
);

export const findGroups = (sql: Sql, ids: readonly string[]): Promise<GroupRow[]> => sql(selectGroups, [ids]);

export const listGroups = readPageTogether(groups);

/** Reads a page of groups for each of these users, in one statement. */
export const listMemberships = (sql: Sql, userIds: readonly string[], page: Page): Promise<WithParent<GroupRow>[]> =>
  readMemberships(sql, { page, parents: userIds });

const readMemberships = readPagesTogether(memberships);
