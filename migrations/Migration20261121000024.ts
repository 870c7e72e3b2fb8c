import { Migration } from '@mikro-orm/migrations';

/** Browsers in which an account signed in before: their attempts do not wait behind those of strangers. */
export class Migration20261121000024 extends Migration {
  override name = 'Migration20261121000024';

  override up(): void {
    this.addSql(
      `create table "known_browsers" ("digest" bytea not null, "user_id" uuid not null, "expires_at" timestamptz(3) not null, primary key ("digest", "user_id"));`,
    );
    this.addSql(`create index "known_browsers_user_id_index" on "known_browsers" ("user_id");`);
    this.addSql(`create index "known_browsers_expires_at_index" on "known_browsers" ("expires_at");`);
    this.addSql(
      `alter table "known_browsers" add constraint "known_browsers_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }
}
