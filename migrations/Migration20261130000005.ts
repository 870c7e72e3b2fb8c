import { Migration } from '@mikro-orm/migrations';

/** Clients that get email addresses which nobody has confirmed. The console shows users their own. */
export class Migration20261130000005 extends Migration {
  override name = 'Migration20261130000005';

  override up(): void {
    this.addSql(`alter table "clients" add "unverified_email" boolean not null default false;`);
    this.addSql(`update "clients" set "unverified_email" = true where "built_in";`);
  }
}
