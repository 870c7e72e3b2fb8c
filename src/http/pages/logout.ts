import { html } from 'hono/html';
import { layout } from './layout.ts';

export function logoutPage(csrf: string, username: string, request: string | undefined): string {
  return layout(
    'Sign out',
    html`<h1>Sign out?</h1>
<p>You are signed in as <strong>${username}</strong>.</p>
<form method="post" action="/logout">
<input type="hidden" name="csrf" value="${csrf}">
${request === undefined ? '' : html`<input type="hidden" name="request" value="${request}">`}
<button type="submit">Sign out</button>
</form>`,
  );
}
