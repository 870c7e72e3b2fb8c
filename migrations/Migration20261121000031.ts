import { Migration } from '@mikro-orm/migrations';

/** Audit events no longer notify from within the transaction that writes them: such transactions commit one at a time. */
export class Migration20261121000031 extends Migration {
  override name = 'Migration20261121000031';

  override up(): void {
    this.addSql(`drop trigger if exists "audit_events_notice" on "audit_events";`);
    this.addSql(`drop function if exists "audit_events_audit_events_notice_fn"();`);
  }
}
