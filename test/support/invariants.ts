import { expect } from 'vitest';

/** Stack traces, SQL, paths, versions and names of libraries must not be in a response. */
const INTERNALS =
  /\bat \S+ \(|node_modules|\.ts:\d|\/src\/|SQLSTATE|\b(SELECT|INSERT INTO|UPDATE) \w|MikroORM|[Pp]ostgre|PGlite|Koa|(?<![\w.])v?\d+\.\d+\.\d+\b(?!\.)/;

interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
}

/** Checks that a response is not a server error, shows nothing internal and has the security headers. */
export function expectCleanResponse({ status, headers }: ResponseHead, body: unknown): void {
  expect(status).toBeLessThan(500);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  expect(text.replaceAll('127.0.0.1', '')).not.toMatch(INTERNALS);
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('X-Frame-Options')).toBe('DENY');
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(headers.get('X-Powered-By')).toBeNull();
  expect(headers.get('Server')).toBeNull();
}

/** RFC 6749 §5.2: checks an error response of the token endpoint: status, headers, and a body with exactly two members. */
export function expectTokenError(
  response: ResponseHead & { readonly body: unknown },
  status: number,
  error: string,
): void {
  expectCleanResponse(response, response.body);
  expect(response.status).toBe(status);
  expect(response.body).toEqual({
    error,
    error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
  });
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json\b/);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(response.headers.get('Pragma')).toBe('no-cache');
  expect(response.headers.get('Location')).toBeNull();
  expect(response.headers.get('Set-Cookie')).toBeNull();
  if (status === 401) expect(response.headers.get('WWW-Authenticate')).toMatch(/^Basic realm="/);
}
