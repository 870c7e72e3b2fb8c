import type { BuiltInScope } from '../scopes/scope.ts';
import { grantTypesWith } from '../tokens/grants/grants.ts';
import { wordList } from '../word-list.ts';
import { isHttpsOrLoopback } from './uris.ts';

/** How many clients a user may register without MANAGE_CLIENTS. */
export const OWN_CLIENTS_MAX = 10;

/** The grant types that users may give to their own clients. */
export const OWN_GRANT_TYPES = grantTypesWith(({ selfService }) => selfService);

/** The scopes of a client whose registration names none. They are enough to sign users in. */
export const USUAL_SCOPES: readonly BuiltInScope[] = ['openid', 'profile', 'email', 'read'];

/** What users may not give to their own clients; see `managed` in the table of attributes. */
export const FOREIGN_GRANT_TYPES = {
  refused: (grants: readonly string[]) =>
    grants.every((grant) => (OWN_GRANT_TYPES as readonly string[]).includes(grant))
      ? undefined
      : `grant types other than ${wordList(OWN_GRANT_TYPES)}`,
  values: `Any grant type except ${wordList(OWN_GRANT_TYPES)}`,
};
export const FOREIGN_URIS = {
  refused: (uris: readonly string[]) =>
    uris.every(isHttpsOrLoopback) ? undefined : 'redirect URIs that are neither https nor loopback',
  values: 'A private-use scheme',
};
