import { expect } from 'vitest';

/** A stack, a statement, a path, a version, a library's name: nothing of these is anybody's business. */
const INSIDES =
  /\bat \S+ \(|node_modules|\.ts:\d|\/src\/|SQLSTATE|\b(SELECT|INSERT INTO|UPDATE) \w|MikroORM|[Pp]ostgre|PGlite|Koa|\bv?\d+\.\d+\.\d+\b(?!\.)/;

interface Told {
  readonly status: number;
  readonly headers: Headers;
}

/** What must hold of every answer, a refusal above all: no fault of ours, no insides shown, the headers that protect people. */
export function expectCleanResponse({ status, headers }: Told, body: unknown): void {
  expect(status).toBeLessThan(500);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  expect(text.replaceAll('127.0.0.1', '')).not.toMatch(INSIDES);
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('X-Frame-Options')).toBe('DENY');
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(headers.get('X-Powered-By')).toBeNull();
  expect(headers.get('Server')).toBeNull();
}

/** RFC 6749 §5.2: an error of the token endpoint, whole: status, headers and a body with nothing but the two members. */
export function expectTokenError(answer: Told & { readonly body: unknown }, status: number, error: string): void {
  expectCleanResponse(answer, answer.body);
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({ error, error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) });
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/json\b/);
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  expect(answer.headers.get('Pragma')).toBe('no-cache');
  expect(answer.headers.get('Location')).toBeNull();
  expect(answer.headers.get('Set-Cookie')).toBeNull();
  if (status === 401) expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Basic realm="/);
}
