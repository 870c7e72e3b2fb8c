import { makeKeyring } from '../../src/keys.ts';
import { type AccessToken, authenticateBearer } from '../../src/oauth/bearer.ts';
import { makeSigningKeys } from '../../src/oauth/signing-keys.ts';
import type { TestServer } from './server.ts';

/** What the server sees in an opaque access token at this moment. */
export function liveToken({ config, database: { sql } }: TestServer, token: string): Promise<AccessToken> {
  const signingKeys = makeSigningKeys(sql, makeKeyring(['no key is needed'.repeat(2)]));
  return authenticateBearer({ sql, config, signingKeys, now: new Date() }, token, config.issuer);
}
