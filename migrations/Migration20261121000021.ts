import { Migration } from '@mikro-orm/migrations';

/** What the consent page shows of a scope is its description, as in the API. */
export class Migration20261121000021 extends Migration {
  override name = 'Migration20261121000021';

  override up(): void {
    this.addSql(`alter table "scopes" rename column "sentence" to "description";`);
  }
}
