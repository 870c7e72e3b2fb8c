import { OWN_GRANT_TYPES } from '../../oauth/registration/authority.ts';
import { wordList } from '../../oauth/word-list.ts';

export const MANAGED = 'Requires permission MANAGE_CLIENTS.';

/** What registering and changing a client say alike of its fields. */
export const WORDS = {
  name: 'What people are shown when they are asked for consent: at most 150 visible characters.',
  clientUri: 'The address of its web page, https.',
  grantTypes: `How it may get its tokens. Any but ${wordList(OWN_GRANT_TYPES)} requires permission MANAGE_CLIENTS.`,
  redirectUris:
    'Where people may be sent back to: at most 20, compared byte for byte. https, http on a loopback address, or with permission MANAGE_CLIENTS a private-use scheme that has a dot.',
  responseTypes: 'Follow from the grant types and can be left out; if given, they must agree with them.',
  defaultScopes: 'The scopes it gets when it asks for none by name; all of `scope` if left out.',
  idTokenSignedResponseAlg: 'How its ID tokens are signed; RS256 if never told.',
  requirePkce:
    'Whether an authorization code needs PKCE: true if left out, and always for a public client. False requires permission MANAGE_CLIENTS.',
  redirectUriOptional: `Whether it may leave out the redirect URI when it exchanges a code: false if left out. ${MANAGED}`,
  accessTokenTtl: `How many seconds its access tokens live: 60 at least. Null: as long as the server is set to. ${MANAGED}`,
  consent: 'Whether people are asked each time it wants access; REMEMBER if left out.',
  servicePermissions: `What it may do with a token of its own, got by client_credentials: nothing that you do not hold yourself. ${MANAGED}`,
};
