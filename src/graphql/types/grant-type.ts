import type { Grant } from '../../oauth/grant.ts';
import { GRANTS } from '../../oauth/tokens/grants/grants.ts';
import { builder } from '../builder.ts';
import { enumValues } from '../enum-values.ts';

/** The values of the enum. A grant whose `grant_type` is a URI declares a separate name, because GraphQL names cannot be URIs. */
export const grantTypeValues = <Declared extends Grant>(grants: readonly Declared[]) =>
  enumValues<Declared['grantType']>(
    grants.map(({ name, grantType, description }) => ({ name, value: grantType, description })),
  );

export const GrantTypeEnum = builder.enumType('GrantType', {
  description: 'RFC 7591 §2 grant_types: how a client may get tokens.',
  values: grantTypeValues(GRANTS),
});
