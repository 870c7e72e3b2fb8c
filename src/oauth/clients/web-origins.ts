import { type Sql, statement } from '../../store/connection/sql.ts';
import { withoutLoopbackPort } from './loopback.ts';

/** The web origins of these redirect URIs, where the client's browser app runs. Private-use schemes have none. */
export function webOriginsOf(redirectUris: readonly string[]): string[] {
  const web = redirectUris.map((uri) => URL.parse(uri)).filter((url) => url !== null && /^https?:$/.test(url.protocol));
  return [...new Set(web.map((url) => withoutLoopbackPort(url?.origin ?? '')))];
}

const findOrigin = statement<{ registered: boolean }>(
  'find-web-origin',
  'SELECT EXISTS (SELECT FROM clients WHERE web_origins @> ARRAY[$1::text] AND NOT disabled) AS registered',
);

/** True if an enabled client has a redirect URI at that origin. */
export async function isRegisteredOrigin(sql: Sql, origin: string): Promise<boolean> {
  // Reject `null` and values that no browser sends.
  if (origin.length > 2000 || URL.parse(origin)?.origin !== origin) return false;
  return (await sql(findOrigin, [withoutLoopbackPort(origin)]))[0]?.registered === true;
}
