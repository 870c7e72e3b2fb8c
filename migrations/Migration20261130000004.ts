import { Migration } from '@mikro-orm/migrations';

/** Keys no longer tell a final sigma from another one. A key that would then belong to two rows stays as it is. */
export class Migration20261130000004 extends Migration {
  override name = 'Migration20261130000004';

  override up(): void {
    for (const [table, column] of [
      ['users', 'username_key'],
      ['users', 'email_key'],
      ['groups', 'name_key'],
    ])
      this.addSql(
        `update "${table}" t set "${column}" = replace(t."${column}", 'ς', 'σ') where t."${column}" like '%ς%'
         and not exists (select from "${table}" o where o.id <> t.id and replace(o."${column}", 'ς', 'σ') = replace(t."${column}", 'ς', 'σ'));`,
      );
  }
}
