import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { sessionCookie, signedIn, whoIs } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('RFC 6265bis §4.1.3: the session cookie', () => {
  const cookieFrom = async (at: TestServer): Promise<string[]> => (await at.request('/login')).headers.getSetCookie();
  const attributes = (line: string): string[] => line.split('; ').slice(1).sort();

  it('J164: on https: __Host-, Secure, HttpOnly, Path=/, SameSite=Lax, no Domain, 256 bits', async () => {
    const behindProxy = await startServer({ ISSUER: 'https://id.example.com' });
    try {
      const [line = '', ...others] = await cookieFrom(behindProxy);
      expect(others).toEqual([]);
      expect(line).toMatch(/^__Host-gatehouse=[A-Za-z0-9_-]{43};/);
      expect(attributes(line)).toEqual(['httponly', 'path=/', 'samesite=lax', 'secure']);
    } finally {
      await behindProxy.close();
    }
  });

  it('J164: on http without Secure and __Host-, which Safari requires, and with the port in the name', async () => {
    const [line = '', ...others] = await cookieFrom(server);
    expect(others).toEqual([]);
    expect(line).toMatch(new RegExp(`^gatehouse-${server.config.port}=[A-Za-z0-9_-]{43};`));
    expect(attributes(line)).toEqual(['httponly', 'path=/', 'samesite=lax']);
  });

  it('J164: the same with INSECURE_HTTP=1; the port of an http URL without one is 80', async () => {
    const open = await startServer({ ISSUER: 'http://id.example', INSECURE_HTTP: '1' });
    try {
      const [line = ''] = await cookieFrom(open);
      expect(line).toMatch(/^gatehouse-80=/);
      expect(attributes(line)).toEqual(['httponly', 'path=/', 'samesite=lax']);
      expect(await whoIs((await signedIn(open)).browser)).toBeDefined();
    } finally {
      await open.close();
    }
  });

  it('two servers on one machine, which share the cookies of a browser, keep their sessions', async () => {
    const other = await startServer();
    try {
      const [here, there] = [await signedIn(server), await signedIn(other)];
      const jar = new Map([...here.browser.cookies, ...there.browser.cookies]);
      for (const { browser } of [here, there]) for (const [name, value] of jar) browser.cookies.set(name, value);
      expect(await whoIs(here.browser)).toBe(here.user.username);
      expect(await whoIs(there.browser)).toBe(there.user.username);
    } finally {
      await other.close();
    }
  });

  it('J164: two browsers and two sign-ins never have the same cookie', async () => {
    const values = new Set<string>();
    for (let at = 0; at < 20; at++)
      for (const line of await cookieFrom(server)) values.add(line.split(';', 1)[0] ?? '');
    expect(values.size).toBe(20);
  });

  it('J164: the cookie is stored as a digest', async () => {
    const { browser } = await signedIn(server);
    const rows = await server.database.em().execute("SELECT encode(digest, 'escape') AS text FROM sessions");
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(browser.cookies.get(sessionCookie(server)));
  });
});
