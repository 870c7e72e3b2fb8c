import type { Config } from '../config.ts';
import type { HttpContext } from './context.ts';

const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  // No form-action: Chromium holds it against the redirect to the client that follows a form, too.
].join('; ');

/** What every answer carries, whatever becomes of it. */
export const securityHeaders = ({ issuer }: Config): Record<string, string> => ({
  'Cache-Control': 'no-store',
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  ...(issuer.startsWith('https://') ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
});

/** Sets them first of all; a handler may replace what it has a reason to. */
export function securityHeadersSetter(config: Config): (ctx: HttpContext) => void {
  const headers = Object.entries(securityHeaders(config));
  return ({ res, state }) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    res.setHeader('X-Request-Id', state.origin.requestId ?? '');
  };
}

/** Seconds. */
const PUBLIC_FOR = 600;

/** What the whole world may read and keep for a while. */
export function allowPublicCaching(ctx: HttpContext): void {
  ctx.set({
    'Cache-Control': `public, max-age=${PUBLIC_FOR}`,
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
}
