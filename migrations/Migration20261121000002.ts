import { Migration } from '@mikro-orm/migrations';

/** Counts of failed attempts, and the index by which the sweep finds expired ones. */
export class Migration20261121000002 extends Migration {
  override name = 'Migration20261121000002';

  override up(): void {
    this.addSql(
      'create table "rate_limits" ("key" varchar(255) not null, "points" int not null default 0, "expire" bigint null, primary key ("key"));',
    );
    this.addSql('create index "rate_limits_expire_index" on "rate_limits" ("expire");');
    this.addSql(
      'create index "refresh_tokens_spent_salt_index" on "refresh_tokens" ("used_at") where salt is not null and used_at is not null;',
    );
  }
}
