import { type Sql, statement } from '../store/connection/sql.ts';
import { type Caller, holdings } from './permissions.ts';

interface Row {
  superuser: boolean;
  permissions: string[];
}

const selectHoldings = statement<Row>(
  'find-holdings',
  `SELECT u.superuser, ARRAY(SELECT DISTINCT unnest(g.permissions)
     FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id) AS permissions
   FROM users u WHERE u.id = $1 AND NOT u.disabled`,
);

/** A user of our own pages with their current permissions. Undefined if the account was deleted or disabled. */
export async function loadCaller(sql: Sql, userId: string): Promise<Caller | undefined> {
  const [row] = await sql(selectHoldings, [userId]);
  return row && { ...holdings(row.superuser, ['READ_DIRECTORY', ...row.permissions]), userId, clientId: undefined };
}
