import { DEFAULT_TABS } from './default-tabs.js';
import { createFetcher } from './fetcher.js';
import { beginSession, currentSession, endSession, onSessionChange } from './session.js';
import { canSignIn, createSignIn } from './sign-in.js';

const settings = JSON.parse(document.body.dataset.settings);
const element = (id) => document.getElementById(id);
const ticks = [...element('scopes').querySelectorAll('input')];
let startSignIn;
/** Whom the session speaks for; undefined until the server has said so. */
let username;
/** What the last refusal would have needed as well. */
let missing = [];

/** Why nobody can sign in on this page, if so: it stands there whenever there is nothing else to say. */
const obstacle = findObstacle();

function findObstacle() {
  const href = `${settings.issuer}/graphiql`;
  if (location.origin !== settings.issuer)
    return ['To sign in, open this page where the server says it is:', { text: href, href }];
  return canSignIn() ? [] : ['Signing in here needs https, or localhost.'];
}

/** Says one thing at a time, with a link behind it where there is something to do. */
function notice(...said) {
  const [sentence = '', link] = said.length > 0 ? said : obstacle;
  const place = element('notice');
  place.hidden = sentence === '';
  place.replaceChildren(sentence);
  if (!link) return;
  const anchor = document.createElement('a');
  anchor.textContent = link.text;
  anchor.href = link.href;
  if (link.newTab) anchor.target = '_blank';
  place.append(' ', anchor);
}

const tickedScopes = () => ticks.filter(({ checked }) => checked).map(({ value }) => value);

function signIn(scopes) {
  element('scopes').open = false;
  notice();
  const address = startSignIn(scopes);
  if (address)
    notice('Your browser has blocked the sign-in window.', { text: 'Sign in here', href: address, newTab: true });
}

function timeLeft({ expiresAt }) {
  const seconds = Math.max(0, Math.round((expiresAt - Date.now()) / 1000));
  if (seconds >= 120) return `${Math.floor(seconds / 60)} min left`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
}

/** The bar as things stand. */
function show() {
  const session = currentSession();
  const chosen = session ? session.scopes : tickedScopes();
  element('who').textContent = session ? (username ?? 'Signed in') : 'Not signed in';
  element('who').classList.toggle('signed-in', session !== undefined);
  element('countdown').hidden = !session;
  element('countdown').textContent = session ? timeLeft(session) : '';
  element('chosen').textContent = chosen.join(' ') || 'the usual ones';
  element('sign-in').textContent = session ? 'Sign in again' : 'Sign in';
  element('sign-in').hidden = session !== undefined && tickedScopes().join() === ticked(session.scopes).join();
  element('sign-out').hidden = !session;
  element('ask').hidden = missing.length === 0;
  element('ask').textContent = `Ask for: ${missing.join(' ')}`;
}

/** Scopes in the order of the ticks, so that two lists can be compared. */
const ticked = (scopes) => ticks.map(({ value }) => value).filter((value) => scopes.includes(value));

function tick(scopes) {
  for (const box of ticks) box.checked = scopes.includes(box.value);
}

async function onTokens(tokens) {
  username = undefined;
  missing = [];
  beginSession(tokens);
  const { scopes, token } = currentSession();
  tick(scopes);
  notice();
  show();
  if (!scopes.includes('profile') && !scopes.includes('read')) return;
  const answer = await createFetcher(() => {})({ query: '{ viewer { username } }' }).catch(() => undefined);
  if (currentSession()?.token === token) username = answer?.data?.viewer?.username;
  show();
}

function onRefusal(refusal) {
  missing = refusal?.missingScopes ?? [];
  if (refusal?.code === 'UNAUTHENTICATED') notice('This needs somebody who is signed in: press “Sign in”.');
  else if (refusal?.code === 'EXPIRED') notice('Your sign-in is over. Please sign in again.');
  else if (missing.length > 0) notice('Your token may not do this yet.');
  else notice();
  show();
}

function runOut() {
  const session = currentSession();
  if (!session) return;
  if (Date.now() < session.expiresAt) element('countdown').textContent = timeLeft(session);
  else {
    endSession(session);
    notice('Your sign-in is over. Please sign in again.');
  }
}

/** GraphiQL's editors compute in workers, which it looks for here. */
globalThis.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => settings.workers[label] };

function mountGraphiql() {
  globalThis.YogaGraphiQL.renderYogaGraphiQL(element('root'), {
    title: 'GraphiQL',
    logo: '',
    fetcher: createFetcher(onRefusal),
    defaultTabs: DEFAULT_TABS,
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
  script.addEventListener('error', () => notice('GraphiQL could not be loaded. Please load this page again.'));
  document.head.append(script);
}

onSessionChange(() => {
  if (!currentSession()) {
    username = undefined;
    missing = [];
  }
  show();
});
for (const box of ticks) box.addEventListener('change', show);
element('sign-in').addEventListener('click', () => signIn(tickedScopes()));
element('ask').addEventListener('click', () => signIn([...(currentSession()?.scopes ?? tickedScopes()), ...missing]));
element('sign-out').addEventListener('click', () => {
  endSession(currentSession());
  notice('The token is forgotten. The server still knows who you are:', {
    text: 'sign out there, too',
    href: '/logout',
    newTab: true,
  });
});
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape' || !element('scopes').open) return;
  element('scopes').open = false;
  element('scopes').firstElementChild.focus();
});
document.addEventListener('pointerdown', ({ target }) => {
  if (!element('scopes').contains(target)) element('scopes').open = false;
});
setInterval(runOut, 1000);

show();
notice();
loadGraphiql();
if (obstacle.length === 0) {
  startSignIn = await createSignIn(settings, onTokens, notice);
  element('sign-in').disabled = false;
}
