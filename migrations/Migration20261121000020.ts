import { Migration } from '@mikro-orm/migrations';

/** A rotation changes one row: the salt is stored with the derived secret, and a foreign key to the parent is not checked. */
export class Migration20261121000020 extends Migration {
  override name = 'Migration20261121000020';

  override up(): void {
    this.addSql(`alter table "refresh_tokens" drop constraint "refresh_tokens_parent_id_foreign";`);

    this.addSql(`drop index "refresh_tokens_parent_id_index";`);
    this.addSql(`drop index "refresh_tokens_spent_salt_index";`);
    this.addSql(`alter table "refresh_tokens" add constraint "refresh_tokens_parent_id_unique" unique ("parent_id");`);
    this.addSql(`create index "refresh_tokens_salt_index" on "refresh_tokens" ("created_at") where salt is not null;`);
    // Free space on each page for the updated row of a used code, so that indexes need no update (HOT).
    this.addSql('alter table "authorization_codes" set (fillfactor = 80);');
  }
}
