import { type Page, pagedList, readPagesTogether, readPageTogether } from '../store/connection/keyset.ts';
import { type Sql, statement } from '../store/connection/sql.ts';
import type { Of } from './read-users.ts';

/** A group as the API shows it. */
export interface Team {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly createdAt: Date;
}

const TEAM = 'g.id, g.name, g.permissions, g.created_at AS "createdAt"';

const selectTeams = statement<Team>('find-teams', `SELECT ${TEAM} FROM groups g WHERE g.id = ANY($1::uuid[])`);

const teams = pagedList<Team>(
  'list-teams',
  'g.created_at',
  'g.id',
  ({ window, cut }) => `SELECT ${TEAM} FROM groups g WHERE ${window} ${cut}`,
);

const memberships = pagedList<Of<Team>>(
  'list-memberships',
  'g.created_at',
  'g.id',
  ({ window, cut, order }) =>
    `SELECT u.id AS parent, m.* FROM unnest($6::uuid[]) AS u (id) CROSS JOIN LATERAL (
       SELECT ${TEAM} FROM group_members gm JOIN groups g ON g.id = gm.group_id WHERE gm.user_id = u.id AND ${window} ${cut}
     ) m ORDER BY m."createdAt" ${order}, m.id ${order}`,
);

export const findTeams = (sql: Sql, ids: readonly string[]): Promise<Team[]> => sql(selectTeams, [ids]);

export const listTeams = readPageTogether(teams);

/** The groups of many users, a page of each, in one statement. */
export const listMemberships = (sql: Sql, userIds: readonly string[], page: Page): Promise<Of<Team>[]> =>
  readMemberships(sql, { page, parents: userIds });

const readMemberships = readPagesTogether(memberships);
