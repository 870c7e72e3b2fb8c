import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { graphiqlAssets } from '../../../src/http/graphql/graphiql-assets.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { startServer, type TestServer } from '../../support/server.ts';

/** A browser script, which has no types. */
const { DEFAULT_TABS }: { DEFAULT_TABS: { query: string }[] } = await import(
  new URL('../../../src/http/graphql/graphiql/default-tabs.js', import.meta.url).href
);

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const addresses = (html: string): string[] => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);

/** Requests a file with an Accept-Encoding. Fetch decompresses the body, so tests look at the headers. */
const fetchAs = (path: string, encoding: string) => server.request(path, { headers: { 'Accept-Encoding': encoding } });

describe('GET /graphiql', () => {
  it('the page is small, and its policy allows no inline scripts', async () => {
    const response = await server.request('/graphiql');
    const html = await response.text();
    const policy = response.headers.get('Content-Security-Policy') ?? '';

    expect(response.status).toBe(200);
    expect(html.length).toBeLessThan(6000);
    expect(html).not.toMatch(/<script(?![^>]* src=)/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|nonce|https?:|\*/);
    expect(policy.replace("style-src 'self' 'unsafe-inline'", '')).not.toContain('unsafe');
  });

  it('the page is not cached and sends only its origin as referrer', async () => {
    const { headers } = await server.request('/graphiql');
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
    });
  });

  it('the page refers to no other origin', async () => {
    const html = await (await server.request('/graphiql')).text();
    expect(addresses(html).filter((address) => !/^\/(?!\/)/.test(address))).toEqual([]);
    expect(html.replaceAll(server.config.issuer, '')).not.toMatch(/https?:/);
  });

  it('GET /graphql in a browser and a trailing slash lead to the page', async () => {
    const page = await (await server.request('/graphiql')).text();
    const browser = { headers: { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } };
    expect(await (await server.request('/graphql', browser)).text()).toBe(page);
    expect(await (await server.request('/graphiql/')).text()).toBe(page);
  });

  it('the page has a badge in production only', async () => {
    expect(await (await server.request('/graphiql')).text()).not.toContain('class="production"');
    const production = await startServer({ NODE_ENV: 'production' });
    try {
      expect(await (await production.request('/graphiql')).text()).toContain('class="production"');
    } finally {
      await production.close();
    }
  });

  it('with GRAPHIQL=off the page and all its files get 404', async () => {
    const without = await startServer({ GRAPHIQL: 'off' });
    try {
      for (const path of ['/graphiql', '/graphiql/callback', '/graphiql/console.js'])
        expect([path, (await without.request(path)).status]).toEqual([path, 404]);
    } finally {
      await without.close();
    }
  });
});

describe('The default tabs of the editor', () => {
  it.each(DEFAULT_TABS.map(({ query }) => query))('the default tab is valid for the schema: %.40s', (query) => {
    expect(validate(schema, parse(query))).toEqual([]);
    // Half of a window of 1280 pixels has room for this many characters.
    expect(Math.max(...query.split('\n').map((line) => line.length))).toBeLessThanOrEqual(44);
  });

  it('every default tab runs without errors for an administrator with the required scopes', async () => {
    const user = await server.user({ superuser: true });
    const token = await server.accessToken({ user, scopes: BUILT_IN_SCOPES });
    for (const { query } of DEFAULT_TABS) {
      const { status, body } = await server.graphql(query, token);
      expect([query, status, body.errors]).toEqual([query, 200, undefined]);
      for (const { errors = [] } of Object.values<{ errors?: unknown[] }>(body.data)) expect(errors).toEqual([]);
    }
  });
});

describe('GET /graphiql/callback', () => {
  it('the callback page keeps the code out of caches, referrers and its HTML', async () => {
    const response = await server.request('/graphiql/callback?code=gac_secret&state=s&iss=i');
    expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('Content-Security-Policy')).not.toContain('unsafe');
    expect(await response.text()).not.toContain('gac_secret');
  });
});

describe('GET /graphiql/:file', () => {
  it('files of GraphiQL are cached forever, under names that contain their hash', async () => {
    const html = await (await server.request('/graphiql')).text();
    const workers = Object.values<string>(
      JSON.parse(/data-settings="([^"]+)"/.exec(html)![1]!.replaceAll('&quot;', '"')).workers,
    );
    const hashed = [...addresses(html), ...workers].filter((address) => /\.[0-9a-f]{16}\./.test(address));

    expect(new Set(hashed).size).toBe(5);
    for (const address of hashed) {
      const response = await fetchAs(address, 'br, gzip');
      expect(response.status).toBe(200);
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('Content-Encoding')).toBe('br');
      expect(response.headers.get('Vary')).toBe('Accept-Encoding');
      expect(Number(response.headers.get('Content-Length'))).toBeLessThan(1_500_000);
    }
  });

  it('our own files are revalidated and get 304 if unchanged', async () => {
    const first = await server.request('/graphiql/console.js');
    const etag = first.headers.get('ETag')!;
    const again = await server.request('/graphiql/console.js', { headers: { 'If-None-Match': etag } });

    expect(first.headers.get('Cache-Control')).toBe('no-cache');
    expect(first.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('every encoding decodes to the same bytes', async () => {
    const { urls, byName } = await graphiqlAssets();
    const style = byName.get(urls.style.slice('/graphiql/'.length))!;
    const plain = await style.encoded('identity');
    expect(brotliDecompressSync(await style.encoded('br')).equals(plain)).toBe(true);
    expect(gunzipSync(await style.encoded('gzip')).equals(plain)).toBe(true);
    expect((await fetchAs(urls.style, 'identity')).headers.get('Content-Encoding')).toBeNull();
    expect((await fetchAs(urls.style, 'gzip, deflate')).headers.get('Content-Encoding')).toBe('gzip');
  });

  it.each(['missing.js', 'console', '..%2fapp.ts', '%2e%2e/app.ts', 'constructor', ''.padEnd(5000, 'x')])(
    'the unknown file %.20s gets 404',
    async (name) => {
      expect((await server.request(`/graphiql/${name}`)).status).toBe(404);
    },
  );
});
