import { Migration } from '@mikro-orm/migrations';

/** Resource indicators: which APIs a client may ask for, and which a request, an approval and a token are for; access tokens as JWTs. */
export class Migration20261121000019 extends Migration {
  override name = 'Migration20261121000019';

  override up(): void {
    for (const table of ['clients', 'authorization_requests', 'authorizations', 'access_tokens'])
      this.addSql(`alter table "${table}" add "resources" text[] not null default '{}';`);
    this.addSql(`alter table "clients" add "access_token_format" text not null default 'OPAQUE';`);
  }
}
