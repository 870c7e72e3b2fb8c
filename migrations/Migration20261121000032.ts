import { Migration } from '@mikro-orm/migrations';

/** Where a refresh token was first used, and a grace period of a client's own. */
export class Migration20261121000032 extends Migration {
  override name = 'Migration20261121000032';

  override up(): void {
    this.addSql(`alter table "clients" add "refresh_grace" int null;`);
    this.addSql(
      `alter table "refresh_tokens" add "used_network" text null, add "used_agent" bytea null, add "repeated_elsewhere" boolean not null default false;`,
    );
  }
}
