/** Hands what came back from /oauth/authorize to the GraphiQL that waits for it, and closes. It has no use for the code itself. */

const query = new URLSearchParams(location.search);
const state = query.get('state');
const message = document.getElementById('message');

// The code is of no use without the verifier, yet it need not stand in the address and the history.
history.replaceState(null, '', location.pathname);

// Not through `opener`: the sign-in pages cut that tie, and a link opened by hand never had it.
const channel = new BroadcastChannel('gatehouse-graphiql');
const nobody = setTimeout(() => {
  message.textContent = 'No GraphiQL window is waiting for this sign-in. Please start again.';
}, 3000);

channel.addEventListener('message', ({ data }) => {
  if (data.kind !== 'received' || data.state !== state) return;
  clearTimeout(nobody);
  window.close();
  // Still here: the browser closes only windows that a script has opened.
  message.textContent = 'Done. GraphiQL has the answer; you may close this window.';
});

channel.postMessage({
  kind: 'answer',
  state,
  code: query.get('code'),
  iss: query.get('iss'),
  error: query.get('error'),
  errorDescription: query.get('error_description'),
});
