/** The bar above GraphiQL: sign-in state, scopes and notices. */

export const element = (id) => document.getElementById(id);

const checkboxes = [...element('scopes').querySelectorAll('input')];
/** The last two minutes are highlighted, so that the user can sign in again before the session ends. */
const SOON_SECONDS = 120;

export const selectedScopes = () => checkboxes.filter(({ checked }) => checked).map(({ value }) => value);

export function selectScopes(scopes) {
  for (const box of checkboxes) box.checked = scopes.includes(box.value);
}

export function onSelectionChange(listener) {
  for (const box of checkboxes) box.addEventListener('change', listener);
}

/** Shows one message, with a link or a button if there is something to do. */
export function notice(text = '', { link, missing = [] } = {}) {
  element('notice').hidden = text === '';
  element('notice-text').replaceChildren(text);
  element('request-scopes').hidden = missing.length === 0;
  element('request-scopes').textContent = `Request ${missing.join(' ')} and run again`;
  if (!link) return;
  const anchor = document.createElement('a');
  anchor.textContent = link.text;
  anchor.href = link.href;
  if (link.newTab) anchor.target = '_blank';
  element('notice-text').append(' ', anchor);
}

/**
 * @param session the current session, if any
 * @param username the user of the session, once it has been loaded
 */
export function show(session, username) {
  const scopes = session ? session.scopes : selectedScopes();
  element('who').textContent = session ? (username ?? 'Signed in') : 'Not signed in';
  element('who').classList.toggle('signed-in', session !== undefined);
  element('chosen').replaceChildren(...chips(scopes.length > 0 ? scopes : ['default']));
  element('chosen').classList.toggle('held', session !== undefined);
  element('sign-in').textContent = session ? 'Sign in again' : 'Sign in';
  element('sign-in').hidden =
    session !== undefined && selectedScopes().join() === inCheckboxOrder(session.scopes).join();
  element('sign-out').hidden = !session;
  showTime(session);
}

export function showTime(session) {
  const countdown = element('countdown');
  countdown.hidden = !session;
  if (!session) return;
  const seconds = Math.max(0, Math.round((session.expiresAt - Date.now()) / 1000));
  const minutes = Math.floor(seconds / 60);
  countdown.textContent =
    seconds < SOON_SECONDS ? `${minutes}:${String(seconds % 60).padStart(2, '0')} left` : `${minutes} min left`;
  countdown.classList.toggle('soon', seconds < SOON_SECONDS);
}

/** Separated by spaces for screen readers and copying. */
const chips = (scopes) =>
  scopes.flatMap((scope, index) => {
    const chip = document.createElement('span');
    chip.className = 'chip';
    chip.textContent = scope;
    return index === 0 ? [chip] : [' ', chip];
  });

/** The scopes in the order of the checkboxes, so that two lists can be compared. */
const inCheckboxOrder = (scopes) => checkboxes.map(({ value }) => value).filter((value) => scopes.includes(value));
