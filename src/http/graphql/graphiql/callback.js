/** Passes the response of /oauth/authorize to the GraphiQL window that waits for it, and closes this window. */

const query = new URLSearchParams(location.search);
const state = query.get('state');
const message = document.getElementById('message');

// Removes the code from the address bar and the history, although it is useless without the verifier.
history.replaceState(null, '', location.pathname);

// Not through `opener`: the sign-in pages remove it, and a link that the user opens in a new tab never has one.
const channel = new BroadcastChannel('gatehouse-graphiql');
const timeout = setTimeout(() => {
  message.textContent = 'No GraphiQL window is waiting for this sign-in. Start again in GraphiQL.';
}, 3000);

channel.addEventListener('message', ({ data }) => {
  if (data.kind !== 'received' || data.state !== state) return;
  clearTimeout(timeout);
  window.close();
  // Browsers close only windows that a script opened, so this one may stay.
  message.textContent = 'You are signed in to GraphiQL. You can close this window.';
});

channel.postMessage({
  kind: 'response',
  state,
  code: query.get('code'),
  iss: query.get('iss'),
  error: query.get('error'),
  errorDescription: query.get('error_description'),
});
