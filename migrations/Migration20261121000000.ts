import { Migration } from '@mikro-orm/migrations';

export class Migration20261121000000 extends Migration {
  override name = 'Migration20261121000000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "audit_events" ("id" uuid not null, "at" timestamptz(3) not null, "kind" text not null, "actor_id" uuid null, "client_id" uuid null, "ip" text null, "request_id" text null, "detail" jsonb not null default '{}', primary key ("id"));`,
    );
    this.addSql(`create index "audit_events_at_id_index" on "audit_events" ("at", "id");`);
    this.addSql(`create index "audit_events_actor_id_at_id_index" on "audit_events" ("actor_id", "at", "id");`);

    this.addSql(
      `create table "groups" ("id" uuid not null, "name" text not null, "name_key" text not null, "permissions" text[] not null default '{}', "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "groups" add constraint "groups_name_key_unique" unique ("name_key");`);
    this.addSql(`create index "groups_created_at_id_index" on "groups" ("created_at", "id");`);

    this.addSql(`create table "key_checks" ("id" int not null, "digest" bytea not null, primary key ("id"));`);

    this.addSql(
      `create table "scopes" ("name" text not null, "sentence" text not null, "created_at" timestamptz(3) not null, primary key ("name"));`,
    );

    this.addSql(
      `create table "setup_tickets" ("digest" bytea not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("digest"));`,
    );
    this.addSql(`create index "setup_tickets_expires_at_index" on "setup_tickets" ("expires_at");`);

    this.addSql(
      `create table "users" ("id" uuid not null, "username" text not null, "username_key" text not null, "email" text null, "email_key" text null, "email_verified" boolean not null default false, "first_name" text not null default '', "last_name" text not null default '', "attributes" jsonb not null default '{}', "password_hash" text null, "superuser" boolean not null default false, "disabled" boolean not null default false, "seeded" boolean not null default false, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "users" add constraint "users_username_key_unique" unique ("username_key");`);
    this.addSql(`alter table "users" add constraint "users_email_key_unique" unique ("email_key");`);
    this.addSql(`create index "users_created_at_id_index" on "users" ("created_at", "id");`);

    this.addSql(
      `create table "sessions" ("id" uuid not null, "digest" bytea not null, "user_id" uuid not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "sessions" add constraint "sessions_digest_unique" unique ("digest");`);
    this.addSql(`create index "sessions_user_id_index" on "sessions" ("user_id");`);
    this.addSql(`create index "sessions_expires_at_index" on "sessions" ("expires_at");`);

    this.addSql(
      `create table "group_members" ("group_id" uuid not null, "user_id" uuid not null, primary key ("group_id", "user_id"));`,
    );
    this.addSql(`create index "group_members_user_id_index" on "group_members" ("user_id");`);

    this.addSql(
      `create table "clients" ("id" uuid not null, "client_id" text not null, "name" text not null, "client_uri" text null, "grant_types" text[] not null default '{}', "redirect_uris" text[] not null default '{}', "scopes" text[] not null default '{}', "default_scopes" text[] not null default '{}', "token_endpoint_auth_method" text null, "require_pkce" boolean not null default true, "redirect_uri_optional" boolean not null default false, "access_token_ttl" int null, "consent" text not null default 'REMEMBER', "service_permissions" text[] not null default '{}', "disabled" boolean not null default false, "built_in" boolean not null default false, "seeded" boolean not null default false, "created_at" timestamptz(3) not null, "owner_id" uuid null, primary key ("id"));`,
    );
    this.addSql(`alter table "clients" add constraint "clients_client_id_unique" unique ("client_id");`);
    this.addSql(`create index "clients_owner_id_index" on "clients" ("owner_id");`);
    this.addSql(`create index "clients_created_at_id_index" on "clients" ("created_at", "id");`);

    this.addSql(
      `create table "consents" ("id" uuid not null, "user_id" uuid not null, "client_id" uuid not null, "scopes" text[] not null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "consents_client_id_index" on "consents" ("client_id");`);
    this.addSql(
      `alter table "consents" add constraint "consents_user_id_client_id_unique" unique ("user_id", "client_id");`,
    );

    this.addSql(
      `create table "client_secrets" ("id" uuid not null, "client_id" uuid not null, "label" text not null default '', "digest" bytea not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, "last_used_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "client_secrets_client_id_index" on "client_secrets" ("client_id");`);

    this.addSql(
      `create table "authorization_requests" ("id" uuid not null, "digest" bytea not null, "browser" bytea not null, "client_id" uuid not null, "response_type" text not null, "redirect_uri" text null, "scopes" text[] not null, "state" text null, "code_challenge" text null, "nonce" text null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "decided_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "authorization_requests" add constraint "authorization_requests_digest_unique" unique ("digest");`,
    );
    this.addSql(`create index "authorization_requests_browser_index" on "authorization_requests" ("browser");`);
    this.addSql(`create index "authorization_requests_client_id_index" on "authorization_requests" ("client_id");`);
    this.addSql(`create index "authorization_requests_expires_at_index" on "authorization_requests" ("expires_at");`);

    this.addSql(
      `create table "authorizations" ("id" uuid not null, "client_id" uuid not null, "user_id" uuid null, "session_id" uuid null, "grant_type" text not null, "scopes" text[] not null, "nonce" text null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "authorizations_client_id_index" on "authorizations" ("client_id");`);
    this.addSql(`create index "authorizations_user_id_index" on "authorizations" ("user_id");`);
    this.addSql(`create index "authorizations_session_id_index" on "authorizations" ("session_id");`);
    this.addSql(`create index "authorizations_expires_at_index" on "authorizations" ("expires_at");`);

    this.addSql(
      `create table "refresh_tokens" ("id" uuid not null, "digest" bytea not null, "authorization_id" uuid not null, "parent_id" uuid null, "salt" bytea null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "refresh_tokens" add constraint "refresh_tokens_digest_unique" unique ("digest");`);
    this.addSql(`create index "refresh_tokens_authorization_id_index" on "refresh_tokens" ("authorization_id");`);
    this.addSql(`create index "refresh_tokens_parent_id_index" on "refresh_tokens" ("parent_id");`);
    this.addSql(`create index "refresh_tokens_expires_at_index" on "refresh_tokens" ("expires_at");`);

    this.addSql(
      `create table "authorization_codes" ("id" uuid not null, "digest" bytea not null, "authorization_id" uuid not null, "redirect_uri" text null, "code_challenge" text null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "authorization_codes" add constraint "authorization_codes_digest_unique" unique ("digest");`,
    );
    this.addSql(
      `create index "authorization_codes_authorization_id_index" on "authorization_codes" ("authorization_id");`,
    );
    this.addSql(`create index "authorization_codes_expires_at_index" on "authorization_codes" ("expires_at");`);

    this.addSql(
      `create table "access_tokens" ("id" uuid not null, "digest" bytea not null, "authorization_id" uuid not null, "scopes" text[] not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "access_tokens" add constraint "access_tokens_digest_unique" unique ("digest");`);
    this.addSql(`create index "access_tokens_authorization_id_index" on "access_tokens" ("authorization_id");`);
    this.addSql(`create index "access_tokens_expires_at_index" on "access_tokens" ("expires_at");`);

    this.addSql(
      `alter table "sessions" add constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "group_members" add constraint "group_members_group_id_foreign" foreign key ("group_id") references "groups" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "group_members" add constraint "group_members_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "clients" add constraint "clients_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "consents" add constraint "consents_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "consents" add constraint "consents_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "client_secrets" add constraint "client_secrets_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "authorization_requests" add constraint "authorization_requests_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "authorizations" add constraint "authorizations_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "authorizations" add constraint "authorizations_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "authorizations" add constraint "authorizations_session_id_foreign" foreign key ("session_id") references "sessions" ("id") on delete set null;`,
    );

    this.addSql(
      `alter table "refresh_tokens" add constraint "refresh_tokens_authorization_id_foreign" foreign key ("authorization_id") references "authorizations" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "refresh_tokens" add constraint "refresh_tokens_parent_id_foreign" foreign key ("parent_id") references "refresh_tokens" ("id") on delete set null;`,
    );

    this.addSql(
      `alter table "authorization_codes" add constraint "authorization_codes_authorization_id_foreign" foreign key ("authorization_id") references "authorizations" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "access_tokens" add constraint "access_tokens_authorization_id_foreign" foreign key ("authorization_id") references "authorizations" ("id") on delete cascade;`,
    );
  }
}
