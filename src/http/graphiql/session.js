/**
 * Who is signed in, in this tab. The token lives in this variable and nowhere else: no storage, no cookie, no address.
 * @typedef {{ token: string, scopes: string[], expiresAt: number }} Session
 */

/** @type {Session | undefined} */
let current;
const events = new EventTarget();

export const currentSession = () => current;

/** RFC 6749 §5.1: an access token response begins a session. */
export function beginSession({ access_token, expires_in, scope }) {
  current = {
    token: access_token,
    scopes: scope.split(' ').filter((item) => item !== ''),
    expiresAt: Date.now() + expires_in * 1000,
  };
  events.dispatchEvent(new Event('change'));
}

/** Ends the session it is given, if that is still the one: a late answer to an older token must not end a newer session. */
export function endSession(session) {
  if (session !== current) return;
  current = undefined;
  events.dispatchEvent(new Event('change'));
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
