import type { TestServer } from './server.ts';

/** RFC 6750 §3, RFC 9728 §5.1: the challenge of the GraphQL API. Without an error about scopes or the request it names the scope `read`. */
export const graphqlChallenge = ({ config: { issuer } }: TestServer, rest = ''): string =>
  `Bearer realm="gatehouse"${rest}${/scope|invalid_request/.test(rest) ? '' : ', scope="read"'}, resource_metadata="${issuer}/.well-known/oauth-protected-resource/graphql"`;
