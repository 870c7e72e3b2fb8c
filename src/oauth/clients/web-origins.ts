import { type Sql, statement } from '../../store/connection/sql.ts';
import { withoutLoopbackPort } from './loopback.ts';

/** The origins a browser app of this client can run at: where its answers go. A private-use scheme has none. */
export function webOriginsOf(redirectUris: readonly string[]): string[] {
  const web = redirectUris.map((uri) => URL.parse(uri)).filter((url) => url !== null && /^https?:$/.test(url.protocol));
  return [...new Set(web.map((url) => withoutLoopbackPort(url?.origin ?? '')))];
}

const findOrigin = statement<{ listed: boolean }>(
  'find-web-origin',
  'SELECT EXISTS (SELECT FROM clients WHERE web_origins @> ARRAY[$1::text] AND NOT disabled) AS listed',
);

/** True if an enabled client is registered at that origin. */
export async function isListedOrigin(sql: Sql, origin: string): Promise<boolean> {
  // `null`, and what no browser would send, is nobody's.
  if (origin.length > 2000 || URL.parse(origin)?.origin !== origin) return false;
  return (await sql(findOrigin, [withoutLoopbackPort(origin)]))[0]?.listed === true;
}
