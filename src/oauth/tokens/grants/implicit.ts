import type { Grant } from '../../grant.ts';

/** RFC 6749 §4.2: the authorization endpoint issues the token (`authorize/authorization-response.ts`). */
export const implicit = {
  grantType: 'implicit',
  name: 'implicit',
  description:
    'RFC 6749 §4.2: the token is returned in the URL. Only for old clients that cannot use authorization_code.',
  needsRedirectUri: true,
  refreshable: false,
  confidential: false,
  selfService: false,
  deprecated: true,
} as const satisfies Grant;
