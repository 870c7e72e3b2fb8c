import { Migration } from '@mikro-orm/migrations';

/** `auditEvents(kind:)` read all events of the actor, or of everybody. */
export class Migration20261130231500 extends Migration {

  override name = 'Migration20261130231500';

  override up(): void | Promise<void> {
    this.addSql(`create index "audit_events_kind_at_id_index" on "audit_events" ("kind", "at", "id");`);
    this.addSql(`create index "audit_events_actor_id_kind_at_id_index" on "audit_events" ("actor_id", "kind", "at", "id");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "audit_events_kind_at_id_index";`);
    this.addSql(`drop index "audit_events_actor_id_kind_at_id_index";`);
  }

}
