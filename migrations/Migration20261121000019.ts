import { Migration } from '@mikro-orm/migrations';

/** Resource indicators: the APIs that a client may request, and those of a request, an authorization and a token; JWT access tokens. */
export class Migration20261121000019 extends Migration {
  override name = 'Migration20261121000019';

  override up(): void {
    for (const table of ['clients', 'authorization_requests', 'authorizations', 'access_tokens'])
      this.addSql(`alter table "${table}" add "resources" text[] not null default '{}';`);
    this.addSql(`alter table "clients" add "access_token_format" text not null default 'OPAQUE';`);
  }
}
