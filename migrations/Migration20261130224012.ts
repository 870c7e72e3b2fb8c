import { Migration } from '@mikro-orm/migrations';

/** The metadata lists a deprecated grant type only if an enabled client has it. */
export class Migration20261130224012 extends Migration {
  override name = 'Migration20261130224012';

  override up(): void {
    this.addSql(`create index "clients_grant_types_index" on "clients" using gin ("grant_types");`);
  }
}
