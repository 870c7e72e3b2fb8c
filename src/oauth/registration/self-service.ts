import type { BuiltInScope } from '../scopes/scope.ts';
import { grantTypesWith } from '../tokens/grants/grants.ts';

/** How many clients a user may register without MANAGE_CLIENTS. */
export const OWN_CLIENTS_MAX = 10;

/** The grant types that users may give to their own clients. */
export const OWN_GRANT_TYPES = grantTypesWith(({ selfService }) => selfService);

/** The scopes of a client whose registration names none. They are enough to sign users in. */
export const USUAL_SCOPES: readonly BuiltInScope[] = ['openid', 'profile', 'email', 'read'];
