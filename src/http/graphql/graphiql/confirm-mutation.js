import { mayMutate } from './operations.js';

/** Where it is production: settles when it has been said whether this may be sent. Nothing that only reads is asked about. */
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

/** The dialog's buttons; Escape closes it as Cancel does. */
export function wireConfirmation() {
  const dialog = document.getElementById('confirm');
  for (const button of dialog?.querySelectorAll('button') ?? [])
    button.addEventListener('click', () => dialog.close(button.value));
}
