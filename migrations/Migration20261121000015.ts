import { Migration } from '@mikro-orm/migrations';

/** The browser and address of a session, so that the user can recognise it on the account page. */
export class Migration20261121000015 extends Migration {
  override name = 'Migration20261121000015';

  override up(): void {
    this.addSql('alter table "sessions" add "ip" text null, add "browser" text null;');
  }
}
