import { mayMutate } from './operations.js';

/** Asks the user to confirm a mutation in production. Resolves with whether it may be sent; queries need no confirmation. */
export function confirmMutation({ query, operationName }) {
  if (!mayMutate(query, operationName)) return Promise.resolve(true);
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-name').textContent = operationName ?? 'a mutation';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'run'), { once: true });
  });
}

/** Connects the dialog's buttons. Escape cancels, as a dialog element does by itself. */
export function initConfirmation() {
  const dialog = document.getElementById('confirm');
  for (const button of dialog?.querySelectorAll('button') ?? [])
    button.addEventListener('click', () => dialog.close(button.value));
}
