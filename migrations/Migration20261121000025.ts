import { Migration } from '@mikro-orm/migrations';

/** Deliveries are claimed client by client, so that one with many does not keep others waiting. */
export class Migration20261121000025 extends Migration {
  override name = 'Migration20261121000025';

  override up(): void {
    this.addSql(`drop index "logout_deliveries_client_id_index";`);
    this.addSql(`drop index "logout_deliveries_next_attempt_at_index";`);
    this.addSql(
      `create index "logout_deliveries_client_id_next_attempt_at_index" on "logout_deliveries" ("client_id", "next_attempt_at");`,
    );
  }
}
