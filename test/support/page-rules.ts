import { expect } from 'vitest';
import type { Page } from './browser.ts';
import { expectCleanResponse } from './invariants.ts';

/** Checks the rules for HTML pages: headers, and accessible markup without JavaScript. */
export function expectGoodPage(
  { status, headers, html }: Pick<Page, 'status' | 'headers' | 'html'>,
  wanted = 200,
): void {
  expect(status).toBe(wanted);
  expectCleanResponse({ status, headers }, html);
  expectPageHeaders(headers);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  expect(html).toMatch(/<title>[^<]+ · Gatehouse<\/title>/);
  expect(html.match(/<h1>/g)).toHaveLength(1);
  expectNoActiveContent(html);
  expectLabels(html);
}

/** RFC 9700 §4.16: checks the headers against framing, scripts, caching and referrer leaks. */
export function expectPageHeaders(headers: Headers): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  // Pages of the sign-in flow have none; test/http/headers.test.ts checks each path.
  expect([null, 'same-origin']).toContain(headers.get('Cross-Origin-Opener-Policy'));
  const policy = headers.get('Content-Security-Policy') ?? '';
  for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"])
    expect(policy.split('; ')).toContain(rule);
  expect(policy).not.toMatch(/unsafe|script-src|form-action|https?:|\*/);
}

/** Checks that a page has no script, inline style, event handler or URL of another origin. */
function expectNoActiveContent(html: string): void {
  expect(html).not.toMatch(/<(script|style|iframe|object|embed|base)\b|<meta http-equiv/i);
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
    const attributes = tag.replaceAll(/"[^"]*"/g, '""');
    expect(attributes).not.toMatch(/\s(on\w+|style|srcdoc|formaction)=/i);
    for (const [, address = ''] of tag.matchAll(/\s(?:href|src|action)="([^"]*)"/g))
      expect(address).toMatch(/^\/(?!\/)/);
  }
}

/** Checks that every field has a label for screen readers. */
function expectLabels(html: string): void {
  const wrapped = [...html.matchAll(/<label\b[^>]*>[\s\S]*?<\/label>/g)].map(([label]) => label);
  for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
    if (input.includes('type="hidden"')) continue;
    const id = /\sid="([^"]+)"/.exec(input)?.[1];
    const labelled = wrapped.some((label) => label.includes(input)) || html.includes(`<label for="${id}">`);
    expect([input, labelled]).toEqual([input, true]);
  }
}
