import { hmac, verifyHmac } from '../../crypto/keyring.ts';
import { optional, type Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { browserSecret } from './session.ts';

/**
 * The CSRF token of a form, bound to the form and to the browser's cookie. Another site can neither read that cookie nor, with
 * `__Host-`, set it. The cookie changes at sign-in, so a form opened by a previous user is rejected.
 */
export const csrfToken = (ctx: HttpContext, secret: string, ...form: string[]): string =>
  hmac(ctx.state.keyring('csrf')[0], secret, ...form).toString('base64url');

/** Throws a 403 page unless the form was sent by this server's own page in the same browser session. */
export function checkCsrf(ctx: HttpContext, params: Params, ...form: string[]): void {
  const secret = browserSecret(ctx);
  const token = optional(params, 'csrf');
  const isValid =
    secret !== undefined && token !== undefined && verifyHmac(ctx.state.keyring('csrf'), token, secret, ...form);
  if (isValid && isSameOrigin(ctx)) return;
  const request = params.get('request')?.[0];
  throw new PageError(
    403,
    'This page is out of date',
    'It was opened before you signed in or out, in another browser, or on another site. Nothing has been changed.',
    { href: ctx.path + (request ? `?request=${encodeURIComponent(request)}` : ''), label: 'Open it again' },
  );
}

/** Uses Fetch Metadata if the browser sends it; otherwise the Origin must be the issuer's. */
function isSameOrigin(ctx: HttpContext): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  return site === '' ? ctx.get('Origin') === ctx.state.config.issuer : site === 'same-origin';
}
