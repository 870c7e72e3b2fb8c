import { Migration } from '@mikro-orm/migrations';

/** private_key_jwt: the public keys of a client, and its used assertions. */
export class Migration20261121000018 extends Migration {
  override name = 'Migration20261121000018';

  override up(): void {
    this.addSql(
      'create table "client_assertions" ("digest" bytea not null, "expires_at" timestamptz(3) not null, primary key ("digest"));',
    );
    this.addSql('create index "client_assertions_expires_at_index" on "client_assertions" ("expires_at");');
    this.addSql('alter table "clients" add "jwks" jsonb null;');
  }
}
