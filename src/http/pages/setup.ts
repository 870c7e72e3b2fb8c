import { html } from 'hono/html';
import { PASSWORD_MIN } from '../../crypto/password-length.ts';
import { alert, layout } from './layout.ts';

export interface SetupPage {
  readonly csrf: string;
  readonly username: string;
  readonly email: string;
  readonly problem: string | undefined;
}

export function setupPage({ csrf, username, email, problem }: SetupPage): string {
  return layout(
    'Set up Gatehouse',
    html`<h1>Create the administrator account</h1>
<p>This link works once.</p>
${alert(problem)}
<form method="post" action="/setup">
<input type="hidden" name="csrf" value="${csrf}">
<label for="username">Username</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="150" required autofocus>
<label for="email">Email <span class="small">(optional)</span></label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email" maxlength="254">
<label for="password">Password <span class="small">(${PASSWORD_MIN} characters or more)</span></label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="${PASSWORD_MIN}" required>
<label for="repeated">Confirm password</label>
<input id="repeated" name="repeated" type="password" autocomplete="new-password" minlength="${PASSWORD_MIN}" required>
<button type="submit">Create account</button>
</form>`,
  );
}
