import { Migration } from '@mikro-orm/migrations';

/** Administrators approve the clients of users who lack MANAGE_CLIENTS. */
export class Migration20261130000003 extends Migration {
  override name = 'Migration20261130000003';

  override up(): void {
    this.addSql(`alter table "clients" add "approved_at" timestamptz(3) null;`);
  }
}
