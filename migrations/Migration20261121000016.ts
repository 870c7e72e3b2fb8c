import { Migration } from '@mikro-orm/migrations';

/** The origins of a client's browser apps, derived from its redirect URIs. */
export class Migration20261121000016 extends Migration {
  override name = 'Migration20261121000016';

  override up(): void {
    this.addSql(`alter table "clients" add "web_origins" text[] not null default '{}';`);
    // Normalized like `URL` does: lower case and no default port. Loopback addresses have no port at all.
    this.addSql(String.raw`
      update "clients" set "web_origins" = array(
        select distinct regexp_replace(regexp_replace(lower(substring(uri from '^https{0,1}://[^/\x3f]+')),
          '^(https://.*):443$|^(http://.*):80$', '\1\2'), '^(http://(127\.0\.0\.1|\[::1\])):\d+$', '\1')
        from unnest("redirect_uris") as uri where uri ~ '^https{0,1}://');`);
    this.addSql('create index "clients_web_origins_index" on "clients" using gin ("web_origins");');
  }
}
