import { Migration } from '@mikro-orm/migrations';

/** The client of GraphiQL. Its redirect URI is a path, to which ISSUER is prefixed. */
export class Migration20261121000001 extends Migration {
  override name = 'Migration20261121000001';

  override up(): void {
    this.addSql(
      `insert into "clients" ("id", "client_id", "name", "grant_types", "redirect_uris", "scopes", "default_scopes",
         "token_endpoint_auth_method", "require_pkce", "built_in", "created_at")
       values ('019a0000-0000-7000-8000-000000000001', 'gatehouse-graphiql', 'GraphiQL', '{authorization_code}', '{/graphiql/callback}',
         '{openid,profile,email,read,write,groups,clients,audit}', '{openid,profile,read}',
         'none', true, true, '2026-11-21T00:00:00Z');`,
    );
  }
}
