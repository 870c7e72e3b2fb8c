import { Migration } from '@mikro-orm/migrations';

/** Notifies listeners of every new audit event. */
export class Migration20261121000003 extends Migration {
  override name = 'Migration20261121000003';

  override up(): void {
    this.addSql(
      `create or replace function "audit_events_audit_events_notice_fn"() returns trigger as $$ begin PERFORM pg_notify('gatehouse_audit', NEW.id::text); RETURN NULL; end; $$ language plpgsql;`,
    );
    this.addSql(
      `create trigger "audit_events_notice" AFTER INSERT on "audit_events" for each ROW execute function "audit_events_audit_events_notice_fn"();`,
    );
  }
}
