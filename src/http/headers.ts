import type { Config } from '../config.ts';
import type { HttpContext } from './context.ts';

const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  // No form-action, because Chromium also applies it to the redirect to the client after a form.
].join('; ');

/** Headers of every response, including errors. */
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

/** Sets the headers before any handler runs; a handler may replace them. */
export function securityHeadersSetter(config: Config): (ctx: HttpContext) => void {
  const headers = Object.entries(securityHeaders(config));
  return ({ res, state }) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    res.setHeader('X-Request-Id', state.origin.requestId ?? '');
  };
}

/** Seconds. */
const PUBLIC_FOR = 600;

/** Lets anyone read and cache the response, because it is public and contains no user data. */
export function allowPublicCaching(ctx: HttpContext): void {
  ctx.set({
    'Cache-Control': `public, max-age=${PUBLIC_FOR}`,
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
}
