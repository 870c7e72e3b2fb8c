import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { answerIn, CALLBACK, codeRequest, reachConsent, sentTo } from './authorize.ts';
import { send } from './send.ts';
import { startServer } from './server.ts';

/** One of two servers that are asked the same. */
export interface Contender {
  readonly name: string;
  /** One request, whose redirect nobody follows. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** A code that a person has allowed to that client. */
  code(clientId: string, query?: Record<string, string>): Promise<string>;
  close(): Promise<void>;
}

export const SCOPE = 'openid profile email offline_access read';
export const SECRET = 'a secret of more than thirty-two characters';

/** The clients that both know: without PKCE, with it, without a secret, and with two addresses. */
const CLIENTS = [
  { id: 'plain', pkce: false, open: false, redirectUris: [CALLBACK] },
  { id: 'careful', pkce: true, open: false, redirectUris: [CALLBACK] },
  { id: 'open', pkce: true, open: true, redirectUris: [CALLBACK] },
  { id: 'double', pkce: false, open: false, redirectUris: [CALLBACK, `${CALLBACK}/other?tenant=1`] },
] as const;

const SERVICE = ['client_credentials'] as const;
const USUAL = ['authorization_code', 'refresh_token'] as const;

export async function gatehouse(): Promise<Contender> {
  const server = await startServer({ RATE_LIMITS: 'off' });
  for (const { id, pkce, open, redirectUris } of CLIENTS)
    await server.client(
      {
        ...{ redirectUris, requirePkce: pkce, scope: SCOPE, grantTypes: [...USUAL, ...(open ? [] : SERVICE)] },
        tokenEndpointAuthMethod: open ? 'none' : 'client_secret_basic',
      },
      { clientId: id, ...(open ? {} : { secret: SECRET }) },
    );
  const user = await server.user();
  const browser = server.browser();
  return {
    name: 'gatehouse',
    ask: (path, init) => server.request(path, init),
    async code(clientId, query = {}) {
      const path = codeRequest({ clientId, secret: '' }, { scope: SCOPE, prompt: 'consent', ...query });
      const page = await browser.get(path);
      const consent = page.html.includes('name="password"') ? await reachConsent(server, path, user, browser) : page;
      return answerIn(sentTo(await browser.submit(consent, {}, 'allow'))).code ?? '';
    },
    close: () => server.close(),
  };
}

/** Configured alike: the same paths, clients, scopes and rules, as far as it can be told to keep to them. */
export async function oidcProvider(): Promise<Contender> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = CLIENTS.map(
    ({ id, open, redirectUris }): ClientMetadata => ({
      ...{ client_id: id, redirect_uris: [...redirectUris], scope: SCOPE, response_types: ['code'] },
      grant_types: [...USUAL, ...(open ? [] : SERVICE)],
      ...(open ? {} : { client_secret: SECRET }),
      token_endpoint_auth_method: open ? 'none' : 'client_secret_basic',
    }),
  );
  const provider = new Provider(origin, {
    clients,
    scopes: ['read', 'offline_access'],
    responseTypes: ['code'],
    claims: { profile: ['name'], email: ['email'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    pkce: { required: (_ctx, client) => CLIENTS.some(({ id, pkce }) => id === client.clientId && pkce) },
    cookies: { keys: ['a key of the test'] },
    features: {
      ...{ clientCredentials: { enabled: true }, introspection: { enabled: true }, revocation: { enabled: true } },
      ...{ devInteractions: { enabled: false }, resourceIndicators: { enabled: false } },
      ...{ claimsParameter: { enabled: true }, requestObjects: { enabled: false } },
    },
    routes: {
      ...{ authorization: '/oauth/authorize', token: '/oauth/token', userinfo: '/oauth/userinfo' },
      ...{ revocation: '/oauth/revoke', introspection: '/oauth/introspect' },
    },
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  return {
    name: 'oidc-provider',
    ask: (path, init) => send(origin, new URL(origin).host, path, init),
    async code(clientId, { code_challenge: codeChallenge } = {}) {
      const client = await provider.Client.find(clientId);
      if (!client) throw new Error(`no client ${clientId}`);
      const grant = new provider.Grant({ accountId: 'alice', clientId });
      grant.addOIDCScope(SCOPE);
      const bound = { grantId: await grant.save(), gty: 'authorization_code', scope: SCOPE, redirectUri: CALLBACK };
      const challenge = codeChallenge === undefined ? {} : { codeChallenge, codeChallengeMethod: 'S256' };
      const code = { accountId: 'alice', client, authTime: 1, ...bound, ...challenge };
      return new provider.AuthorizationCode(code as never).save();
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
