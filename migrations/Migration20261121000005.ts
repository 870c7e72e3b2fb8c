import { Migration } from '@mikro-orm/migrations';

/** OpenID Connect: signing keys, the time of the user's sign-in, and the related parameters of authorization requests. */
export class Migration20261121000005 extends Migration {
  override name = 'Migration20261121000005';

  override up(): void {
    this.addSql(
      'create table "signing_keys" ("kid" text not null, "algorithm" text not null, "generation" int not null, "public_key" jsonb not null, "private_key" bytea not null, "created_at" timestamptz(3) not null, "signs_from" timestamptz(3) not null, "expires_at" timestamptz(3) null, primary key ("kid"));',
    );
    this.addSql('create index "signing_keys_expires_at_index" on "signing_keys" ("expires_at");');
    this.addSql(
      'alter table "signing_keys" add constraint "signing_keys_algorithm_generation_unique" unique ("algorithm", "generation");',
    );
    this.addSql('alter table "sessions" add "auth_time" timestamptz(3) null;');
    this.addSql('alter table "authorizations" add "auth_time" timestamptz(3) null;');
    this.addSql('alter table "clients" add "id_token_signed_response_alg" text not null default \'RS256\';');
    this.addSql(
      `alter table "authorization_requests" add "prompts" text[] not null default '{}', add "login_hint" text null, add "authenticated_since" timestamptz(3) null, add "subject" uuid null;`,
    );
  }
}
