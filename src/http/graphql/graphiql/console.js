import { forgetAccess, learnAccess, learnSchema, markWhatIsRefused } from './access.js';
import { element, notice, onTick, show, showTime, tick, tickedScopes } from './bar.js';
import { confirmMutation, wireConfirmation } from './confirm-mutation.js';
import { curlCommand } from './curl.js';
import { openingTabs } from './default-tabs.js';
import { followSystemColours, leaveByEscape, run, written } from './editor.js';
import { createFetcher } from './fetcher.js';
import { beginSession, currentSession, endSession, onSessionChange, revoke } from './session.js';
import { canSignIn, createSignIn } from './sign-in.js';

const settings = JSON.parse(document.body.dataset.settings);
let startSignIn;
/** Whom the session speaks for; undefined until the server has said so. */
let username;
/** What the last refusal would have needed as well, and what stood in the editor then. */
let refusal;
/** The refusal that the sign-in under way is to mend. */
let mending;

/** Why nobody can sign in on this page, if so: it stands there whenever there is nothing else to say. */
const obstacle = findObstacle();
const say = (sentence, more) => (sentence ? notice(sentence, more) : notice(...obstacle));

function findObstacle() {
  const href = `${settings.issuer}/graphiql`;
  if (location.origin !== settings.issuer)
    return ['To sign in, open this page where the server says it is:', { link: { text: href, href } }];
  return canSignIn() ? [] : ['Signing in here needs https, or localhost.'];
}

/** For questions of the bar's own: no notice comes of them. */
const ask = createFetcher({});
const fetcher = createFetcher({
  confirm: settings.production ? confirmMutation : undefined,
  onRefusal,
  onSchema(schema) {
    learnSchema(schema);
    greyOut();
  },
});

function signIn(scopes, toMend) {
  mending = toMend;
  element('scopes').open = false;
  say();
  const href = startSignIn(scopes);
  if (href) say('Your browser has blocked the sign-in window.', { link: { text: 'Sign in here', href, newTab: true } });
}

function onTokens(tokens) {
  const before = currentSession();
  const { scopes } = beginSession(tokens);
  // Nobody needs it any more, and what nobody needs should not open anything.
  if (before) revoke(settings.clientId, before).catch(() => {});
  tick(scopes);
  show(currentSession());
  askWho();
  greyOut();
  const { missingScopes, text } = mending ?? {};
  mending = undefined;
  if (!missingScopes) return;
  const withheld = missingScopes.filter((scope) => !scopes.includes(scope));
  if (withheld.length > 0) say(`You have not been granted ${withheld.join(' ')}.`);
  else if (sameText(text, written())) run();
  else say('You may now. What is in the editor has changed, so run it when it is ready.');
}

const sameText = (one, other) => one.query === other.query && one.variables === other.variables;

async function askWho() {
  const session = currentSession();
  if (!session.scopes.includes('profile') && !session.scopes.includes('read')) return;
  const answer = await ask({ query: '{ viewer { username } }' }).catch(() => undefined);
  if (currentSession() !== session) return;
  username = answer?.data?.viewer?.username;
  show(session, username);
}

/** For as long as it is not known what the token may do, nothing is grey. */
async function greyOut() {
  const session = currentSession();
  if (!session) return;
  const apply = await learnAccess(ask).catch(() => undefined);
  if (currentSession() === session) apply?.();
}

function onRefusal(refused) {
  refusal = refused?.missingScopes ? { ...refused, text: written() } : undefined;
  if (refused?.code === 'UNAUTHENTICATED') say('This needs somebody who is signed in: press “Sign in”.');
  else if (refused?.code === 'EXPIRED') say('Your sign-in is over. Please sign in again.');
  else if (refusal) say('Your token may not do this yet.', { missing: refusal.missingScopes });
  else say();
}

function runOut() {
  const session = currentSession();
  if (!session) return;
  showTime(session);
  if (Date.now() < session.expiresAt) return;
  endSession(session);
  say('Your sign-in is over. Please sign in again.');
}

async function signOut() {
  const session = currentSession();
  endSession(session);
  const ended = await revoke(settings.clientId, session).catch(() => false);
  say(
    ended
      ? 'The token is revoked. The server still knows who you are:'
      : 'The token is forgotten here, but the server could not be told. It still knows who you are, too:',
    { link: { text: 'sign out there, too', href: '/logout', newTab: true } },
  );
}

async function copyAsCurl() {
  try {
    await navigator.clipboard.writeText(curlCommand(settings.issuer, written()));
    say('Copied. The token is not in it: set TOKEN in your shell to one of your own.');
  } catch (error) {
    say(error instanceof SyntaxError ? 'The variables are not JSON.' : 'Your browser does not let this page copy.');
  }
}

/** GraphiQL's editors compute in workers, which it looks for here; `globalAPI` is how they can be asked what is in them. */
globalThis.MonacoEnvironment = { globalAPI: true, getWorkerUrl: (_module, label) => settings.workers[label] };

function mountGraphiql() {
  markWhatIsRefused();
  leaveByEscape(() =>
    ['ask', 'sign-in', 'sign-out']
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
    // What "+" opens.
    defaultQuery: '',
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    // What is written here may hold a password: it goes with the tab, and not into the address as it would by default.
    storage: sessionStorage,
    onEditQuery: () => {},
  });
}

function loadGraphiql() {
  const script = document.createElement('script');
  script.src = settings.script;
  script.addEventListener('load', mountGraphiql);
  script.addEventListener('error', () => say('GraphiQL could not be loaded. Please load this page again.'));
  document.head.append(script);
}

onSessionChange(() => {
  username = undefined;
  refusal = undefined;
  forgetAccess();
  say();
  show(currentSession());
});
onTick(() => show(currentSession(), username));
element('sign-in').addEventListener('click', () => signIn(tickedScopes()));
element('ask').addEventListener('click', () =>
  signIn([...(currentSession()?.scopes ?? tickedScopes()), ...refusal.missingScopes], refusal),
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
setInterval(runOut, 1000);
wireConfirmation();

show();
say();
loadGraphiql();
if (obstacle.length === 0) {
  startSignIn = await createSignIn(settings, onTokens, say);
  element('sign-in').disabled = false;
}
