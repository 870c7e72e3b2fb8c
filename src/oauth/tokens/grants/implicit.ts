import type { Grant } from '../../grant.ts';

/** RFC 6749 §4.2: the authorization endpoint issues the token (`authorize/authorization-response.ts`). */
export const implicit = {
  grantType: 'implicit',
  name: 'implicit',
  description: 'RFC 6749 §4.2: the token comes back in the URL. Off unless an old client cannot do otherwise.',
  needsRedirectUri: true,
  refreshable: false,
  selfService: false,
} as const satisfies Grant;
