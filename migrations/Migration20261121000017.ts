import { Migration } from '@mikro-orm/migrations';

/** Logout: the post-logout redirect URIs and back-channel logout URI of a client, and the pending deliveries of logout tokens. */
export class Migration20261121000017 extends Migration {
  override name = 'Migration20261121000017';

  override up(): void {
    this.addSql(
      `alter table "clients" add "post_logout_redirect_uris" text[] not null default '{}', add "backchannel_logout_uri" text null;`,
    );
    this.addSql(
      'create table "logout_deliveries" ("id" uuid not null, "client_id" uuid not null, "user_id" uuid not null, "session_id" uuid not null, "attempts" int not null default 0, "next_attempt_at" timestamptz(3) not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"));',
    );
    for (const column of ['client_id', 'next_attempt_at', 'expires_at'])
      this.addSql(`create index "logout_deliveries_${column}_index" on "logout_deliveries" ("${column}");`);
    this.addSql(
      'alter table "logout_deliveries" add constraint "logout_deliveries_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete cascade;',
    );
  }
}
