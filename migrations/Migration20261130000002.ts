import { Migration } from '@mikro-orm/migrations';

/** Binds the rows of signing keys to SECRET_KEY. The next start adds the MAC of rows that it can unseal. */
export class Migration20261130000002 extends Migration {
  override name = 'Migration20261130000002';

  override up(): void {
    this.addSql(`alter table "signing_keys" add "mac" bytea null;`);
  }
}
