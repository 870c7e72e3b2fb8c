import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { read } from './send.ts';
import type { TestServer } from './server.ts';

/** The current JWKS. */
export async function jwksOf(server: TestServer): Promise<JSONWebKeySet> {
  return (await read(await server.request('/oauth/jwks'))).body;
}

/** Verifies an ID token as a client must (OpenID Connect Core 1.0 §3.1.3.7), with the current or the given keys. */
export async function verifyIdToken(
  server: TestServer,
  { clientId }: { clientId: string },
  idToken: string,
  keys?: JSONWebKeySet,
): Promise<{ claims: JWTPayload; kid: string | undefined; alg: string }> {
  const options = { issuer: server.config.issuer, audience: clientId, currentDate: new Date() };
  const { payload, protectedHeader } = await jwtVerify(
    idToken,
    createLocalJWKSet(keys ?? (await jwksOf(server))),
    options,
  );
  return { claims: payload, kid: protectedHeader.kid, alg: protectedHeader.alg };
}

export const claimsIn = (idToken: string): JWTPayload => decodeJwt(idToken);
