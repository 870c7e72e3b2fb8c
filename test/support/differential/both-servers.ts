import { exportJWK, generateKeyPair } from 'jose';
import type { Browser } from '../browser.ts';
import { startServer } from '../server.ts';
import { CLIENTS, registrationOf, SIGNED_WITH, secretOf } from './clients.ts';
import { startOidcProvider } from './oidc-provider.ts';

/** One of the two servers, and the key of the client that signs. */
export interface ComparedServer {
  readonly issuer: string;
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  readonly browser: () => Browser;
  /** A browser in which the user has signed in. */
  readonly userBrowser: Browser;
  readonly credentials: { readonly username: string; readonly password: string };
  readonly privateKey: CryptoKey;
}

/** Starts both servers with the same clients and one user each. */
export async function startBoth() {
  const { publicKey, privateKey } = await generateKeyPair(SIGNED_WITH);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: SIGNED_WITH, use: 'sig' }] };
  // oidc-provider has no grace period for refresh tokens.
  const gatehouse = await startServer({ RATE_LIMITS: 'off', REFRESH_GRACE: '0' });
  for (const [id, client] of Object.entries(CLIENTS)) {
    const secret = client.method.startsWith('client_secret') ? { secret: secretOf(id) } : {};
    await gatehouse.client(registrationOf(id, client, jwks), { clientId: id, ...secret });
  }
  const provider = await startOidcProvider(jwks);
  const { username, password } = await gatehouse.user();
  const credentials = { username, password };
  const subjects = [
    { issuer: gatehouse.config.issuer, request: gatehouse.request, browser: gatehouse.browser },
    provider,
  ].map(
    ({ issuer, request, browser }): ComparedServer => ({
      issuer,
      request,
      browser,
      userBrowser: browser(),
      credentials,
      privateKey,
    }),
  );
  const [ours, theirs] = subjects as [ComparedServer, ComparedServer];
  const close = async () => {
    await provider.close();
    await gatehouse.close();
  };
  return { ours, theirs, close };
}
