import { makeKeyring } from '../../src/crypto/keyring.ts';
import { makeSigningKeys } from '../../src/oauth/keys/signing-keys.ts';
import { type AccessToken, authenticateBearer } from '../../src/oauth/tokens/bearer.ts';
import type { TestServer } from './server.ts';

/** The server's view of an opaque access token. Throws if the token is not valid. */
export function validToken({ config, database: { sql } }: TestServer, token: string): Promise<AccessToken> {
  const signingKeys = makeSigningKeys(sql, makeKeyring(['no key is needed'.repeat(2)]));
  return authenticateBearer({ sql, config, signingKeys, now: new Date() }, token, config.issuer);
}
