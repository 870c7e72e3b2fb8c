import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Client } from '../../../src/store/entities/client.ts';
import { Consent } from '../../../src/store/entities/consent.ts';
import { type TestClient, type TestUser, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

let server: TestServer;
let user: TestUser;
let token: string;
beforeAll(async () => {
  server = await startServer();
  user = await server.user({ superuser: true });
  token = await server.accessToken({ user });
});
afterAll(() => server?.close());

async function consentTo({ clientId }: TestClient): Promise<() => Promise<number>> {
  const em = server.database.em();
  const client = await em.findOneOrFail(Client, { clientId });
  const now = new Date();
  em.persist(em.create(Consent, { user: user.uuid, client, scopes: ['read'], createdAt: now, updatedAt: now }));
  await em.flush();
  return () => server.database.em().count(Consent, { client });
}

describe('GraphQL mutation updateClient', () => {
  it.each([
    [{ name: 'Another face' }, 0],
    [{ redirectUris: ['https://another.example/cb'] }, 0],
    [{ tokenEndpointAuthMethod: 'client_secret_post' }, 0],
    [{ scope: 'read profile' }, 1],
    [{ clientUri: 'https://client.example/about' }, 1],
    [{ name: null }, 1],
  ])('the change %j leaves %i consents', async (change, left) => {
    const client = await server.client();
    const consents = await consentTo(client);
    expect(await consents()).toBe(1);
    expect((await mutate(server, token, 'updateClient', { clientId: client.clientId, ...change })).errors).toEqual([]);
    expect(await consents()).toBe(left);
  });

  it('omitted attributes are kept and null removes an optional attribute', async () => {
    const { clientId } = await server.client({
      clientUri: 'https://client.example',
      accessTokenTtl: 600,
      scope: 'read write profile',
    });
    const selection =
      'client { name clientUri grantTypes redirectUris scope defaultScopes requirePkce accessTokenTtl }';
    const first = (await mutate(server, token, 'updateClient', { clientId, consent: 'ALWAYS' }, selection)).client;
    expect(first).toMatchObject({
      clientUri: 'https://client.example',
      accessTokenTtl: 600,
      scope: 'read write profile',
    });
    const second = (
      await mutate(
        server,
        token,
        'updateClient',
        { clientId, clientUri: null, accessTokenTtl: null, scope: 'profile read' },
        selection,
      )
    ).client;
    expect(second).toEqual({
      ...first,
      clientUri: null,
      accessTokenTtl: null,
      scope: 'profile read',
      defaultScopes: ['read', 'profile'],
    });
  });

  it('a client that becomes public loses its secrets and must require PKCE', async () => {
    const client = await server.client({ grantTypes: ['authorization_code'] });
    const change = { clientId: client.clientId, tokenEndpointAuthMethod: 'none' };
    expect((await mutate(server, token, 'updateClient', change)).errors).toMatchObject([
      { path: ['input', 'requirePkce'] },
    ]);
    const done = await mutate(
      server,
      token,
      'updateClient',
      { ...change, requirePkce: true },
      'client { secrets { id } }',
    );
    expect(done.client).toEqual({ secrets: [] });
    expect((await mutate(server, token, 'rotateClientSecret', { clientId: client.clientId })).errors).toMatchObject([
      { code: 'INVALID' },
    ]);
  });

  it('tokens of a disabled client are rejected', async () => {
    const client = await server.client();
    const issued = await server.accessToken({ client, user });
    await mutate(server, token, 'updateClient', { clientId: client.clientId, disabled: true });
    expect((await server.graphql('{ viewer { sub } }', issued)).status).toBe(401);
    expect((await server.token({ grant_type: 'client_credentials' }, client)).status).toBe(401);
  });
});

describe('GraphQL mutation rotateClientSecret', () => {
  const works = async ({ clientId }: TestClient, secret: string): Promise<boolean> =>
    (await server.token({ grant_type: 'client_credentials' }, { clientId, secret })).status === 200;

  it('the earlier secret stays valid for a day', async () => {
    const client = await server.client();
    const rotated = await mutate(
      server,
      token,
      'rotateClientSecret',
      { clientId: client.clientId, label: 'second' },
      'clientSecret client { secrets { label expiresAt } }',
    );
    expect(await works(client, client.secret)).toBe(true);
    expect(await works(client, rotated.clientSecret)).toBe(true);
    const [first, second] = rotated.client.secrets;
    expect(second).toEqual({ label: 'second', expiresAt: null });
    expect(Date.parse(first.expiresAt) - Date.now()).toBeGreaterThan(86_000_000);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 + 1000 });
    try {
      expect(await works(client, client.secret)).toBe(false);
      expect(await works(client, rotated.clientSecret)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('overlapSeconds 0 expires earlier secrets at once, and no rotation extends a lifetime', async () => {
    const client = await server.client();
    const rotate = (overlapSeconds: number) =>
      mutate(
        server,
        token,
        'rotateClientSecret',
        { clientId: client.clientId, overlapSeconds },
        'clientSecret client { secrets { expiresAt } }',
      );
    const [soon] = (await rotate(60)).client.secrets;
    expect((await rotate(600)).client.secrets[0]).toEqual(soon);
    const last = await rotate(0);
    expect(last.client.secrets).toEqual([{ expiresAt: null }]);
    expect(await works(client, client.secret)).toBe(false);
    expect(await works(client, last.clientSecret)).toBe(true);
    for (const wrong of [-1, 31 * 86_400])
      expect((await rotate(wrong)).errors).toMatchObject([{ path: ['input', 'overlapSeconds'] }]);
  });

  it('a client has at most ten valid secrets', async () => {
    const { clientId } = await server.client();
    const label = unique('x');
    for (let at = 0; at < 9; at += 1)
      expect((await mutate(server, token, 'rotateClientSecret', { clientId, label })).errors).toEqual([]);
    expect((await mutate(server, token, 'rotateClientSecret', { clientId, label })).errors).toMatchObject([
      { code: 'INVALID' },
    ]);
    expect((await mutate(server, token, 'rotateClientSecret', { clientId, overlapSeconds: 0 })).errors).toEqual([]);
  });
});
