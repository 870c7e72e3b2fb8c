/** The bar above GraphiQL, as things stand. */

export const element = (id) => document.getElementById(id);

const ticks = [...element('scopes').querySelectorAll('input')];
/** The last two minutes stand out: time to sign in again before a long query is written. */
const SOON = 120;

export const tickedScopes = () => ticks.filter(({ checked }) => checked).map(({ value }) => value);

export function tick(scopes) {
  for (const box of ticks) box.checked = scopes.includes(box.value);
}

export function onTick(listener) {
  for (const box of ticks) box.addEventListener('change', listener);
}

/** Says one thing at a time, with a link or a button behind it where there is something to do. */
export function notice(sentence = '', { link, missing = [] } = {}) {
  element('notice').hidden = sentence === '';
  element('said').replaceChildren(sentence);
  element('ask').hidden = missing.length === 0;
  element('ask').textContent = `Ask for ${missing.join(' ')} and run it again`;
  if (!link) return;
  const anchor = document.createElement('a');
  anchor.textContent = link.text;
  anchor.href = link.href;
  if (link.newTab) anchor.target = '_blank';
  element('said').append(' ', anchor);
}

/**
 * @param session who is signed in, if anybody
 * @param username whom it speaks for, once that is known
 */
export function show(session, username) {
  const scopes = session ? session.scopes : tickedScopes();
  element('who').textContent = session ? (username ?? 'Signed in') : 'Not signed in';
  element('who').classList.toggle('signed-in', session !== undefined);
  element('chosen').replaceChildren(...chips(scopes.length > 0 ? scopes : ['the usual ones']));
  element('chosen').classList.toggle('held', session !== undefined);
  element('sign-in').textContent = session ? 'Sign in again' : 'Sign in';
  element('sign-in').hidden = session !== undefined && tickedScopes().join() === inOrder(session.scopes).join();
  element('sign-out').hidden = !session;
  showTime(session);
}

export function showTime(session) {
  const place = element('countdown');
  place.hidden = !session;
  if (!session) return;
  const seconds = Math.max(0, Math.round((session.expiresAt - Date.now()) / 1000));
  const minutes = Math.floor(seconds / 60);
  place.textContent =
    seconds < SOON ? `${minutes}:${String(seconds % 60).padStart(2, '0')} left` : `${minutes} min left`;
  place.classList.toggle('soon', seconds < SOON);
}

/** With blanks between them, for whoever hears or copies them. */
const chips = (scopes) =>
  scopes.flatMap((scope, index) => {
    const chip = document.createElement('span');
    chip.className = 'chip';
    chip.textContent = scope;
    return index === 0 ? [chip] : [' ', chip];
  });

/** Scopes in the order of the ticks, so that two lists can be compared. */
const inOrder = (scopes) => ticks.map(({ value }) => value).filter((value) => scopes.includes(value));
