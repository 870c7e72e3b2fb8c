import { Migration } from '@mikro-orm/migrations';

/** Renames the text of a scope to description, as in the API. */
export class Migration20261121000021 extends Migration {
  override name = 'Migration20261121000021';

  override up(): void {
    this.addSql(`alter table "scopes" rename column "sentence" to "description";`);
  }
}
