/**
 * The session of this tab. The token is only in this variable, never in storage, a cookie or a URL.
 * @typedef {{ token: string, scopes: string[], expiresAt: number }} Session
 */

/** @type {Session | undefined} */
let current;
const events = new EventTarget();

export const currentSession = () => current;

/** Starts and returns a session for an access token response (RFC 6749 §5.1). */
export function beginSession({ access_token, expires_in, scope }) {
  current = {
    token: access_token,
    scopes: scope.split(' ').filter((item) => item !== ''),
    expiresAt: Date.now() + expires_in * 1000,
  };
  events.dispatchEvent(new Event('change'));
  return current;
}

/** Ends this session if it is still the current one. A late response for an older token must not end a newer session. */
export function endSession(session) {
  if (session !== current) return;
  current = undefined;
  events.dispatchEvent(new Event('change'));
}

/** Revokes the token (RFC 7009 §2.1). Resolves with whether the server confirmed it. */
export async function revoke(clientId, { token }) {
  const response = await fetch('/oauth/revoke', {
    method: 'POST',
    credentials: 'omit',
    // The request completes even if the page is closed.
    keepalive: true,
    body: new URLSearchParams({ token, token_type_hint: 'access_token', client_id: clientId }),
  });
  return response.ok;
}

export const onSessionChange = (listener) => events.addEventListener('change', listener);

/** Resolves with the session once a user is signed in. */
export const signedIn = () =>
  new Promise((resolve) => {
    const check = () => {
      if (!current) return;
      events.removeEventListener('change', check);
      resolve(current);
    };
    events.addEventListener('change', check);
    check();
  });
