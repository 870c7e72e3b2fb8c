/**
 * Who is signed in, in this tab. The token lives in this variable and nowhere else: no storage, no cookie, no address.
 * @typedef {{ token: string, scopes: string[], expiresAt: number }} Session
 */

/** @type {Session | undefined} */
let current;
const events = new EventTarget();

export const currentSession = () => current;

/** RFC 6749 §5.1: an access token response begins a session; this gives it. */
export function beginSession({ access_token, expires_in, scope }) {
  current = {
    token: access_token,
    scopes: scope.split(' ').filter((item) => item !== ''),
    expiresAt: Date.now() + expires_in * 1000,
  };
  events.dispatchEvent(new Event('change'));
  return current;
}

/** Ends the session it is given, if that is still the one: a late answer to an older token must not end a newer session. */
export function endSession(session) {
  if (session !== current) return;
  current = undefined;
  events.dispatchEvent(new Event('change'));
}

/** RFC 7009 §2.1: the token is dead for everybody. Settles with whether the server has said so. */
export async function revoke(clientId, { token }) {
  const response = await fetch('/oauth/revoke', {
    method: 'POST',
    credentials: 'omit',
    // Though the page be closed.
    keepalive: true,
    body: new URLSearchParams({ token, token_type_hint: 'access_token', client_id: clientId }),
  });
  return response.ok;
}

export const onSessionChange = (listener) => events.addEventListener('change', listener);

/** Settles when somebody is signed in. */
export const signedIn = () =>
  new Promise((resolve) => {
    const look = () => {
      if (!current) return;
      events.removeEventListener('change', look);
      resolve(current);
    };
    events.addEventListener('change', look);
    look();
  });
