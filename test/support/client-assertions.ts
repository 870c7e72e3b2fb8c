import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { TestClient } from './fixtures.ts';
import type { TestServer } from './server.ts';

export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** A client that authenticates with private_key_jwt. */
export interface SigningClient extends TestClient {
  /** RFC 7523 §3: a valid assertion, changed by `claims` and `header`. An undefined claim is left out. */
  assertion(claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** The two parameters of RFC 7523 §2.2. */
  form(claims?: JWTPayload, header?: Record<string, unknown>): Promise<Record<string, string>>;
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A critical header that the client supports and the server does not. */
export const EXTENSION = 'urn:example:extension';

export const seconds = (): number => Math.floor(Date.now() / 1000);

/** Registers a client that uses private_key_jwt. */
export async function signingClient(server: TestServer, algorithm: Algorithm = 'ES256'): Promise<SigningClient> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: algorithm, use: 'sig' }] };
  const client = await server.client({ tokenEndpointAuthMethod: 'private_key_jwt', jwks });
  const assertion: SigningClient['assertion'] = (claims = {}, header = {}) => {
    const { clientId } = client;
    const usual = { iss: clientId, sub: clientId, aud: server.config.issuer, jti: randomUUID(), exp: seconds() + 60 };
    const payload = Object.fromEntries(
      Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
    );
    const jwt = new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid: 'k1', ...header });
    return jwt.sign(privateKey, { crit: { [EXTENSION]: true } });
  };
  return {
    ...client,
    assertion,
    form: async (claims, header) => ({
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await assertion(claims, header),
    }),
  };
}
