import { hmac, verifyHmac } from '../../crypto/keyring.ts';
import { optional, type Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { browserSecret } from './session.ts';

/**
 * A form's token: bound to the browser's cookie, which a stranger can neither read nor (with `__Host-`) plant, and to the form.
 * After signing in the cookie is another one, so a form opened by somebody else does not pass.
 */
export const csrfToken = (ctx: HttpContext, secret: string, ...form: string[]): string =>
  hmac(ctx.state.keyring('csrf')[0], secret, ...form).toString('base64url');

/** Throws a 403 page unless our own page, in this very browser session, sent the form. */
export function checkCsrf(ctx: HttpContext, params: Params, ...form: string[]): void {
  const secret = browserSecret(ctx);
  const token = optional(params, 'csrf');
  const proven =
    secret !== undefined && token !== undefined && verifyHmac(ctx.state.keyring('csrf'), token, secret, ...form);
  if (proven && isSameOrigin(ctx)) return;
  const request = params.get('request')?.[0];
  throw new PageError(
    403,
    'This page is out of date',
    'It was opened before you signed in or out, in another browser, or on another site. Nothing has been changed.',
    { href: ctx.path + (request ? `?request=${encodeURIComponent(request)}` : ''), label: 'Open it again' },
  );
}

/** Fetch Metadata where the browser sends it, else an Origin equal to ours; `null` is nobody's. */
function isSameOrigin(ctx: HttpContext): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  return site === '' ? ctx.get('Origin') === ctx.state.config.issuer : site === 'same-origin';
}
