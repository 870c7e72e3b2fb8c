import { Migration } from '@mikro-orm/migrations';

/** A rotation changes one row: the salt stands with what was derived from it, and no parent is looked up to be referred to. */
export class Migration20261121000020 extends Migration {
  override name = 'Migration20261121000020';

  override up(): void {
    this.addSql(`alter table "refresh_tokens" drop constraint "refresh_tokens_parent_id_foreign";`);

    this.addSql(`drop index "refresh_tokens_parent_id_index";`);
    this.addSql(`drop index "refresh_tokens_spent_salt_index";`);
    this.addSql(`alter table "refresh_tokens" add constraint "refresh_tokens_parent_id_unique" unique ("parent_id");`);
    this.addSql(`create index "refresh_tokens_salt_index" on "refresh_tokens" ("created_at") where salt is not null;`);
    // Room beside each code for itself as it is once it was used: then no index need be told.
    this.addSql('alter table "authorization_codes" set (fillfactor = 80);');
  }
}
