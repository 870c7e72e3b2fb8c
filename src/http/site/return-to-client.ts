import { hasAllowed } from '../../oauth/authorize/consent.ts';
import type { HttpContext } from '../context.ts';
import { leavingPage } from '../pages/leaving.ts';
import { sendToClient } from '../redirect.ts';
import { currentSession } from './session.ts';

/** The client that the user returns to. */
interface Returning {
  /** The UUID of the row. */
  readonly id: string;
  readonly name: string;
  readonly uncheckedOwner: string | undefined;
}

/**
 * True if users may be redirected to the client without having decided anything. RFC 9700 §4.11.2: otherwise anyone who can
 * register a client could make links to this server that end at a copy of its sign-in page.
 */
export async function mayRedirectTo(ctx: HttpContext, { id, uncheckedOwner }: Returning): Promise<boolean> {
  if (uncheckedOwner === undefined) return true;
  const session = await currentSession(ctx);
  return session !== undefined && (await hasAllowed(ctx.state.sql, session.user_id, id));
}

/** Redirects with an error or after a sign-out, or shows a page with a link to the client. */
export function returnToClient(ctx: HttpContext, client: Returning, location: string, mayRedirect: boolean): void {
  if (mayRedirect) {
    sendToClient(ctx, location);
    return;
  }
  ctx.type = 'html';
  ctx.body = leavingPage({
    clientName: client.name,
    owner: client.uncheckedOwner ?? '',
    host: hostOf(location),
    href: location,
  });
}

/** The host that users recognize. For a custom scheme, the scheme. */
export function hostOf(uri: string): string {
  const url = URL.parse(uri);
  return url && /^https?:$/.test(url.protocol) ? url.host : (uri.split(':')[0] ?? uri);
}
