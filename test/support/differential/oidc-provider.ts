import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { interactionPolicy, Provider } from 'oidc-provider';
import { SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { Browser } from '../browser.ts';
import { send } from '../send.ts';
import { CLIENTS, metadataOf } from './clients.ts';

const DAY = 86_400;

/** Starts oidc-provider in this process with the settings of Gatehouse, so that a difference is a decision of the implementation. */
export async function startOidcProvider(jwks: object) {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

  const provider = new Provider(issuer, {
    clients: Object.entries(CLIENTS).map(([id, client]) => metadataOf(id, client, jwks)),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'k', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key of this test'], long: { sameSite: 'none' } },
    enableHttpPostMethods: true,
    renderError: (ctx, { error }) => {
      ctx.body = error;
    },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    scopes: Object.keys(SCOPES),
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    pkce: { required: (_ctx, client) => CLIENTS[client.clientId as keyof typeof CLIENTS].requirePkce },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    interactions: { policy, url: (_ctx, { prompt, uid }) => `/${prompt.name}?uid=${uid}` },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      introspection: '/oauth/introspect',
      userinfo: '/oauth/userinfo',
      jwks: '/oauth/jwks',
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) =>
          client.clientAuthMethod !== 'none' && token.clientId === client.clientId,
      },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    },
    ttl: {
      ...{ AccessToken: 3600, AuthorizationCode: 60, ClientCredentials: 3600, IdToken: 3600 },
      ...{ RefreshToken: 14 * DAY, Grant: 90 * DAY, Session: 14 * DAY, Interaction: 1800 },
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url ?? '', issuer);
    const prompt = /^\/(login|consent|select_account)$/.exec(pathname)?.[1];
    void (prompt === undefined ? handle(request, response) : interact(provider, prompt, request, response));
  });

  const request = (path: string, init?: RequestInit) => send(issuer, new URL(issuer).host, path, init);
  return {
    issuer,
    request,
    browser: () => new Browser(issuer, request),
    close: () => new Promise((closed) => server.close(closed)),
  };
}

const FIELDS = '<input name="username"><input name="password"><button name="decision" value="allow">Go</button>';

/** Shows the page of a prompt and handles its form. Every password is accepted. */
async function interact(provider: Provider, promptName: string, request: IncomingMessage, response: ServerResponse) {
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html');
    return response.end(`<form method="post" action="${request.url}">${FIELDS}</form>`);
  }
  if (promptName !== 'consent')
    return provider.interactionFinished(request, response, { [promptName]: {}, login: { accountId: 'the-user' } });

  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const [accountId, clientId] = [session?.accountId ?? '', String(params.client_id)];
  const grant = known ?? new provider.Grant({ accountId, clientId });
  const { missingOIDCScope } = prompt.details as { missingOIDCScope?: string[] };
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}
