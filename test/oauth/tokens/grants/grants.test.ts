import { GraphQLEnumType, printType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { grantTypeValues } from '../../../../src/graphql/types/grant-type.ts';
import { RESPONSE_TYPES } from '../../../../src/oauth/authorize/response-types.ts';
import type { Grant } from '../../../../src/oauth/grant.ts';
import { GRANTS } from '../../../../src/oauth/tokens/grants/grants.ts';

describe('RFC 6749 §4.5: names of grant types', () => {
  const tokenExchange = {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    name: 'TOKEN_EXCHANGE',
    description: 'RFC 8693: the client exchanges one token for another.',
    needsRedirectUri: false,
    refreshable: false,
    confidential: true,
    selfService: false,
    handle: () => Promise.reject(new Error('never called')),
  } as const satisfies Grant;
  const values = grantTypeValues([...GRANTS, tokenExchange]);

  it('a grant whose grant_type is a URI has a separate name in the GraphQL enum', () => {
    const type = new GraphQLEnumType({ name: 'GrantType', values });
    expect(printType(type)).toContain('  TOKEN_EXCHANGE\n');
    expect(type.parseValue('TOKEN_EXCHANGE')).toBe(tokenExchange.grantType);
    expect(type.serialize(tokenExchange.grantType)).toBe('TOKEN_EXCHANGE');
    expect(type.serialize('authorization_code')).toBe('authorization_code');
  });

  it('every grant has a unique name and a unique grant_type', () => {
    expect(new Set(GRANTS.map(({ name }) => name)).size).toBe(GRANTS.length);
    expect(new Set(GRANTS.map(({ grantType }) => grantType)).size).toBe(GRANTS.length);
  });

  it('a grant that uses the authorization endpoint needs a redirect URI', () => {
    for (const { grantType } of Object.values(RESPONSE_TYPES))
      expect(GRANTS.find((grant) => grant.grantType === grantType)?.needsRedirectUri).toBe(true);
  });

  it('a grant without a handler belongs to the authorization endpoint', () => {
    const served = Object.values(RESPONSE_TYPES).map(({ grantType }) => grantType as string);
    for (const grant of GRANTS) if (!('handle' in grant)) expect(served).toContain(grant.grantType);
  });
});
