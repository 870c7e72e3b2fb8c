import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScope, deleteScope } from '../../../src/oauth/scopes/manage-scopes.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { read, type TestResponse } from '../../support/send.ts';
import { sharedServer, startServer, type TestServer } from '../../support/server.ts';

const [OAUTH, OIDC] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const RESOURCE = '/.well-known/oauth-protected-resource';

let server: TestServer;
// biome-ignore lint/suspicious/noExplicitAny: the test reads arbitrary members of a document
let metadata: any;
beforeAll(async () => {
  server = await sharedServer();
  metadata = (await get(OIDC)).body;
});
afterAll(() => server.close());

const get = async (path: string): Promise<TestResponse> => read(await server.request(path));
const here = (url: string): string => new URL(url).pathname;
const form = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) });

describe('RFC 8414, OpenID Connect Discovery 1.0: the metadata documents', () => {
  it.each([OAUTH, OIDC, RESOURCE, `${RESOURCE}/graphql`])(
    'Q299: %s is public and may be cached for a while',
    async (path) => {
      for (const url of [path, `${path}/`]) {
        const { status, headers } = await get(url);
        expect([status, headers.get('Content-Type')]).toEqual([200, expect.stringMatching(/^application\/json\b/)]);
        expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
        expect(headers.get('Access-Control-Allow-Credentials')).toBeNull();
        expect(headers.get('Set-Cookie')).toBeNull();
        const [, seconds] = /^public, max-age=(\d+)$/.exec(headers.get('Cache-Control') ?? '') ?? [];
        expect(Number(seconds)).toBeLessThanOrEqual(3600);
      }
    },
  );

  it('Q295 C56: both documents are equal, name the issuer byte for byte and have all required members', async () => {
    const { issuer } = server.config;
    expect((await get(OAUTH)).body).toEqual(metadata);
    expect(metadata).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/oauth/jwks`,
      userinfo_endpoint: `${issuer}/oauth/userinfo`,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      subject_types_supported: ['public'],
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    expect(metadata.id_token_signing_alg_values_supported).toContain('RS256');
    for (const [name, value] of Object.entries(metadata))
      if (/_endpoint$|_uri$/.test(name)) expect([name, String(value).startsWith(`${issuer}/`)]).toEqual([name, true]);
  });

  it('Q298: the metadata lists nothing that is not supported', () => {
    for (const absent of [
      'registration',
      'device_authorization',
      'pushed_authorization_request',
      'check_session_iframe',
    ])
      expect(Object.keys(metadata).filter((name) => name.startsWith(absent))).toEqual([]);
    for (const [name, value] of Object.entries(metadata))
      if (Array.isArray(value)) expect([name, new Set(value).size]).toEqual([name, value.length]);
  });

  it('lists the scopes of the operator', async () => {
    const [before, name] = [metadata.scopes_supported, unique('invoices:read')];
    await createScope(server.database.em(), theOperator(), { name, description: 'See your invoices' });
    expect((await get(OIDC)).body.scopes_supported).toEqual([...before, name]);
    await deleteScope(server.database.em(), theOperator(), name);
    expect((await get(OIDC)).body.scopes_supported).toEqual(before);
  });

  it('lists the password and implicit grants only while an enabled client may use them', async () => {
    const usual = ['authorization_code', 'client_credentials', 'refresh_token'];
    const own = await startServer();
    try {
      const metadata = async () => (await read(await own.request(OIDC))).body;
      expect(await metadata()).toMatchObject({
        grant_types_supported: usual,
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
      });
      const { clientId } = await own.client({ grantTypes: ['implicit', 'password'] });
      expect(await metadata()).toMatchObject({
        grant_types_supported: ['authorization_code', 'implicit', 'password', 'client_credentials', 'refresh_token'],
        response_types_supported: ['code', 'token'],
        response_modes_supported: ['query', 'fragment'],
      });
      await own.database.em().execute('UPDATE clients SET disabled = true WHERE client_id = ?', [clientId]);
      expect((await metadata()).grant_types_supported).toEqual(usual);
    } finally {
      await own.close();
    }
  });

  it('every URL in the metadata responds as its name promises', async () => {
    const statuses: Record<string, [RequestInit, number]> = {
      authorization_endpoint: [{}, 400],
      token_endpoint: [form({}), 400],
      revocation_endpoint: [form({}), 401],
      introspection_endpoint: [form({}), 401],
      jwks_uri: [{}, 200],
      userinfo_endpoint: [{}, 401],
      end_session_endpoint: [{}, 303],
    };
    const named = Object.entries<string>(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name));
    expect(named.length).toBeGreaterThanOrEqual(6);
    for (const [name, url] of named) {
      const [init, status] = statuses[name] ?? [{}, 0];
      expect([name, (await server.request(here(url), init)).status]).toEqual([name, status]);
    }
  });

  it('RFC 9728: each resource in the metadata describes itself at the URL of its challenge and names this server', async () => {
    const { issuer } = server.config;
    expect(metadata.protected_resources).toEqual([issuer, `${issuer}/graphql`]);
    for (const resource of metadata.protected_resources) {
      const { body } = await get(RESOURCE + here(resource).replace(/\/$/, ''));
      const scopes_supported = resource === issuer ? ['openid'] : ['read'];
      expect(body).toMatchObject({ resource, authorization_servers: [issuer], scopes_supported });
    }
    const challenge = async (path: string, init: RequestInit) =>
      (await server.request(path, init)).headers.get('WWW-Authenticate');
    const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer nonsense' };
    const query = { method: 'POST', headers, body: '{"query":"{ viewer { sub } }"}' };
    const graphql = await challenge('/graphql', query);
    expect(graphql).toBe(
      `Bearer realm="gatehouse", error="invalid_token", scope="read", resource_metadata="${issuer}${RESOURCE}/graphql"`,
    );
    const narrow = { ...headers, Authorization: `Bearer ${await server.accessToken({ scopes: ['email'] })}` };
    const users = { method: 'POST', headers: narrow, body: '{"query":"{ users { nodes { id } } }"}' };
    expect(await challenge('/graphql', users)).toMatch(/error="insufficient_scope".*, resource_metadata="/);
    expect(await challenge('/oauth/userinfo', {})).toContain(`resource_metadata="${issuer}${RESOURCE}"`);
  });
});
