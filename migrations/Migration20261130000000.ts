import { Migration } from '@mikro-orm/migrations';

/** Revokes all tokens of a client by one column, however many there are. */
export class Migration20261130000000 extends Migration {
  override name = 'Migration20261130000000';

  override up(): void {
    this.addSql(`alter table "clients" add "tokens_since" timestamptz(3) null;`);
  }
}
