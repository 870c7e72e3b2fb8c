import { clearAccess, loadAccess, markDeniedFields, setSchema } from './access.js';
import { element, notice, onSelectionChange, selectedScopes, selectScopes, show, showTime } from './bar.js';
import { confirmMutation, initConfirmation } from './confirm-mutation.js';
import { curlCommand } from './curl.js';
import { openingTabs } from './default-tabs.js';
import { editorContents, focusOnEscape, followSystemColours, run } from './editor.js';
import { createFetcher } from './fetcher.js';
import { beginSession, currentSession, endSession, onSessionChange, revoke } from './session.js';
import { canSignIn, createSignIn } from './sign-in.js';

const settings = JSON.parse(document.body.dataset.settings);
const SIGNED_OUT = 'You have been signed out. Sign in again.';
let startSignIn;
/** The signed-in user; undefined until it has been loaded. */
let username;
/** The scopes missing from the last operation, and the editor contents at that time. */
let refusal;
/** The refused operation to run again after the current sign-in. */
let toRetry;

/** Why sign-in is not possible on this page, if so. Shown whenever there is no other message. */
const signInProblem = findSignInProblem();
const showNotice = (text, more) => (text ? notice(text, more) : notice(...signInProblem));

function findSignInProblem() {
  const href = `${settings.issuer}/graphiql`;
  if (location.origin !== settings.issuer)
    return ['Open this page at its own address to sign in:', { link: { text: href, href } }];
  return canSignIn() ? [] : ['Sign-in requires https or localhost.'];
}

/** Sends operations of the bar itself, which show no notices. */
const sendQuietly = createFetcher({});
const fetcher = createFetcher({
  confirm: settings.production ? confirmMutation : undefined,
  onRefusal,
  onSchema(schema) {
    setSchema(schema);
    showAccess();
  },
});

function signIn(scopes, refused) {
  toRetry = refused;
  element('scopes').open = false;
  showNotice();
  const href = startSignIn(scopes);
  if (href)
    showNotice('Your browser blocked the sign-in window.', {
      link: { text: 'Open it in a new tab', href, newTab: true },
    });
}

function onTokens(tokens) {
  const previous = currentSession();
  const { scopes } = beginSession(tokens);
  // The previous token is no longer needed.
  if (previous) revoke(settings.clientId, previous).catch(() => {});
  selectScopes(scopes);
  show(currentSession());
  loadUsername();
  showAccess();
  const { missingScopes, contents } = toRetry ?? {};
  toRetry = undefined;
  if (!missingScopes) return;
  const notGranted = missingScopes.filter((scope) => !scopes.includes(scope));
  if (notGranted.length > 0) showNotice(`The scope ${notGranted.join(' ')} was not granted.`);
  else if (isSame(contents, editorContents())) run();
  else showNotice('The scopes were granted. The editor has changed since, so the operation was not run again.');
}

const isSame = (one, other) => one.query === other.query && one.variables === other.variables;

async function loadUsername() {
  const session = currentSession();
  if (!session.scopes.includes('profile') && !session.scopes.includes('read')) return;
  const result = await sendQuietly({ query: '{ viewer { username } }' }).catch(() => undefined);
  if (currentSession() !== session) return;
  username = result?.data?.viewer?.username;
  show(session, username);
}

/** Greys out fields once the access of the token has been loaded; nothing is grey before. */
async function showAccess() {
  const session = currentSession();
  if (!session) return;
  const apply = await loadAccess(sendQuietly).catch(() => undefined);
  if (currentSession() === session) apply?.();
}

function onRefusal(refused) {
  refusal = refused?.missingScopes ? { ...refused, contents: editorContents() } : undefined;
  if (refused?.code === 'UNAUTHENTICATED') showNotice('This operation requires a signed-in user: press “Sign in”.');
  else if (refused?.code === 'EXPIRED') showNotice(SIGNED_OUT);
  else if (refusal) showNotice('Your token lacks a scope for this operation.', { missing: refusal.missingScopes });
  else showNotice();
}

function checkExpiry() {
  const session = currentSession();
  if (!session) return;
  showTime(session);
  if (Date.now() < session.expiresAt) return;
  endSession(session);
  showNotice(SIGNED_OUT);
}

async function signOut() {
  const session = currentSession();
  endSession(session);
  const ended = await revoke(settings.clientId, session).catch(() => false);
  showNotice(
    ended
      ? 'The token was revoked. You are still signed in to this server:'
      : 'The token was removed from this page, but the server did not confirm that it is revoked. You are still signed in to this server:',
    { link: { text: 'sign out there too', href: '/logout', newTab: true } },
  );
}

async function copyAsCurl() {
  try {
    await navigator.clipboard.writeText(curlCommand(settings.issuer, editorContents()));
    showNotice('Copied. The command reads the access token from the shell variable TOKEN.');
  } catch (error) {
    showNotice(
      error instanceof SyntaxError
        ? 'The variables are not valid JSON.'
        : 'The browser does not allow this page to use the clipboard.',
    );
  }
}

/** GraphiQL's editors find their workers here. `globalAPI` exposes Monaco, which `editor.js` needs. */
globalThis.MonacoEnvironment = { globalAPI: true, getWorkerUrl: (_module, label) => settings.workers[label] };

function mountGraphiql() {
  markDeniedFields();
  focusOnEscape(() =>
    ['request-scopes', 'sign-in', 'sign-out']
      .map(element)
      .find((button) => button.checkVisibility())
      ?.focus(),
  );
  followSystemColours();
  globalThis.YogaGraphiQL.renderYogaGraphiQL(element('root'), {
    title: 'GraphiQL',
    logo: '',
    fetcher,
    ...openingTabs(sessionStorage),
    // The contents of a new tab.
    defaultQuery: '',
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    // The contents may include a password, so they are kept in the tab's session storage and not in the URL as by default.
    storage: sessionStorage,
    onEditQuery: () => {},
  });
}

function loadGraphiql() {
  const script = document.createElement('script');
  script.src = settings.script;
  script.addEventListener('load', mountGraphiql);
  script.addEventListener('error', () => showNotice('GraphiQL could not be loaded. Reload this page.'));
  document.head.append(script);
}

onSessionChange(() => {
  username = undefined;
  refusal = undefined;
  clearAccess();
  showNotice();
  show(currentSession());
});
onSelectionChange(() => show(currentSession(), username));
element('sign-in').addEventListener('click', () => signIn(selectedScopes()));
element('request-scopes').addEventListener('click', () =>
  signIn([...(currentSession()?.scopes ?? selectedScopes()), ...refusal.missingScopes], refusal),
);
element('sign-out').addEventListener('click', signOut);
element('curl').addEventListener('click', copyAsCurl);
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape' || !element('scopes').open) return;
  element('scopes').open = false;
  element('scopes').firstElementChild.focus();
});
document.addEventListener('pointerdown', ({ target }) => {
  if (!element('scopes').contains(target)) element('scopes').open = false;
});
setInterval(checkExpiry, 1000);
initConfirmation();

show();
showNotice();
loadGraphiql();
if (signInProblem.length === 0) {
  startSignIn = await createSignIn(settings, onTokens, showNotice);
  element('sign-in').disabled = false;
}
