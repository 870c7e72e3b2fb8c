import type { TestServer } from './server.ts';

/** RFC 6750 §3, RFC 9728 §5.1: the challenge of the GraphQL API. `rest` has the parameters that describe the error. */
export const graphqlChallenge = ({ config: { issuer } }: TestServer, rest = ''): string =>
  `Bearer realm="gatehouse"${rest}, resource_metadata="${issuer}/.well-known/oauth-protected-resource/graphql"`;
