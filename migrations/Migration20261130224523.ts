import { Migration } from '@mikro-orm/migrations';

/** OpenID Connect application_type: the redirect URIs of a native client at localhost match with any port. */
export class Migration20261130224523 extends Migration {
  override name = 'Migration20261130224523';

  override up(): void {
    this.addSql(`alter table "clients" add "application_type" text not null default 'web';`);
  }
}
