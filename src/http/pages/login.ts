import { html } from 'hono/html';
import { alert, layout } from './layout.ts';

/** `request` is the handle of the pending request; `clientName` is the app that sent the user here. */
export interface LoginPage {
  readonly csrf: string;
  readonly request: string | undefined;
  readonly clientName: string | undefined;
  readonly toAccount: boolean;
  readonly username: string;
  readonly problem: string | undefined;
}

export function loginPage({ csrf, request, clientName, toAccount, username, problem }: LoginPage): string {
  return layout(
    'Sign in',
    html`<h1>Sign in</h1>
${clientName === undefined ? '' : html`<p>to continue to <strong>${clientName}</strong></p>`}
${alert(problem)}
<form method="post" action="/login">
<input type="hidden" name="csrf" value="${csrf}">
${request === undefined ? '' : html`<input type="hidden" name="request" value="${request}">`}
${toAccount ? html`<input type="hidden" name="to" value="account">` : ''}
<label for="username">Username or email</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" required ${username === '' ? 'autofocus' : ''}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required ${username === '' ? '' : 'autofocus'}>
<button type="submit">Sign in</button>
</form>`,
  );
}
