import { Migration } from '@mikro-orm/migrations';

/** A consent is for one API, and has to be confirmed after a password change. */
export class Migration20261130000001 extends Migration {
  override name = 'Migration20261130000001';

  override up(): void {
    this.addSql(
      `alter table "consents" add "resource" text not null default '', add "confirmed" boolean not null default true;`,
    );
    this.addSql(`alter table "consents" drop constraint "consents_user_id_client_id_unique";`);
    this.addSql(
      `alter table "consents" add constraint "consents_user_id_client_id_resource_unique" unique ("user_id", "client_id", "resource");`,
    );
  }
}
