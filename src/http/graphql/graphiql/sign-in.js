/** Authorization code with PKCE (RFC 6749 §4.1, RFC 7636) in a popup. Verifier and state never leave this module. */

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

/** Only https and localhost have it, and PKCE needs it. */
export const canSignIn = () => globalThis.crypto?.subtle !== undefined;

/**
 * @param settings issuer, clientId and redirectUri, as the page was given them
 * @param onTokens called with the token response
 * @param onFailure called with a sentence
 */
export async function createSignIn({ issuer, clientId, redirectUri }, onTokens, onFailure) {
  // Made before it is wanted: a browser that had to wait for it would no longer take the popup for the answer to a click.
  let next = await prepare();
  /** @type {typeof next | undefined} */
  let pending;
  const channel = new BroadcastChannel('gatehouse-graphiql');

  channel.addEventListener('message', async ({ data }) => {
    // RFC 6749 §10.12: an answer with another state is another tab's, or nobody's.
    if (!pending || data.kind !== 'answer' || data.state !== pending.state) return;
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
    // RFC 9207 §2.4: before anything else in the answer is believed.
    if (iss !== issuer) throw new Error('The answer came from another server and was thrown away.');
    if (error === 'access_denied') throw new Error('Sign-in was refused.');
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
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(`Sign-in failed: ${answer.error_description ?? answer.error ?? response.status}`);
    return answer;
  }

  /** Opens the popup. Gives the address back if the browser would not: a link that is clicked will do. */
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
    // RFC 6749 §3.3: without it, the client's default.
    if (scopes.length > 0) query.set('scope', scopes.join(' '));
    const address = `/oauth/authorize?${query}`;
    const popup = window.open(address, '_blank', 'popup,width=520,height=760');
    prepare().then((prepared) => {
      next = prepared;
    });
    return popup ? undefined : address;
  }

  return start;
}
