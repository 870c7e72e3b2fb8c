/** Authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636) in a popup. The verifier stays in this module. */

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function prepare() {
  const verifier = random();
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(hash)), state: random() };
}

/** PKCE needs `crypto.subtle`, which browsers offer only on https and localhost. */
export const canSignIn = () => globalThis.crypto?.subtle !== undefined;

/**
 * @param settings issuer, clientId and redirectUri of the page
 * @param onTokens called with the token response
 * @param onFailure called with a message for the user
 */
export async function createSignIn({ issuer, clientId, redirectUri }, onTokens, onFailure) {
  // Prepared in advance: after an asynchronous step browsers no longer attribute the popup to the click, and block it.
  let next = await prepare();
  /** @type {typeof next | undefined} */
  let pending;
  const channel = new BroadcastChannel('gatehouse-graphiql');

  channel.addEventListener('message', async ({ data }) => {
    // RFC 6749 §10.12: a response with another state belongs to another tab or is forged.
    if (!pending || data.kind !== 'response' || data.state !== pending.state) return;
    const { verifier } = pending;
    pending = undefined;
    channel.postMessage({ kind: 'received', state: data.state });
    try {
      onTokens(await exchange(data, verifier));
    } catch (error) {
      onFailure(error instanceof TypeError ? 'The server could not be reached.' : error.message);
    }
  });

  async function exchange({ code, iss, error, errorDescription }, verifier) {
    // RFC 9207 §2.4: checked before anything else of the response is used.
    if (iss !== issuer) throw new Error('The response came from a different issuer and was discarded.');
    if (error === 'access_denied') throw new Error('Access was denied.');
    if (error) throw new Error(`Sign-in failed: ${errorDescription ?? error}`);
    const response = await fetch('/oauth/token', {
      method: 'POST',
      credentials: 'omit',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: clientId,
        code_verifier: verifier,
      }),
    });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(`Sign-in failed: ${body.error_description ?? body.error ?? response.status}`);
    return body;
  }

  /** Opens the popup. Returns its URL if the browser blocked it, for a link that the user can click. */
  function start(scopes) {
    pending = next;
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      state: pending.state,
      code_challenge: pending.challenge,
      code_challenge_method: 'S256',
    });
    // RFC 6749 §3.3: without `scope` the client's default scopes apply.
    if (scopes.length > 0) query.set('scope', scopes.join(' '));
    const url = `/oauth/authorize?${query}`;
    const popup = window.open(url, '_blank', 'popup,width=520,height=760');
    prepare().then((prepared) => {
      next = prepared;
    });
    return popup ? undefined : url;
  }

  return start;
}
