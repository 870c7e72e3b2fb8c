import { html } from 'hono/html';
import { layout } from './layout.ts';

/** `clientName` is the app that sent the user here; `carried` are hidden fields that the form sends back. */
export interface LogoutPage {
  readonly csrf: string;
  readonly username: string;
  readonly clientName: string | undefined;
  readonly carried: readonly (readonly [name: string, value: string])[];
}

export function logoutPage({ csrf, username, clientName, carried }: LogoutPage): string {
  return layout(
    'Sign out',
    html`<h1>Sign out?</h1>
<p>You are signed in as <strong>${username}</strong>.${clientName === undefined ? '' : html` <strong>${clientName}</strong> asks whether you also want to sign out here.`}</p>
<form method="post" action="/logout">
<input type="hidden" name="csrf" value="${csrf}">
${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="choices">
<button type="submit">Sign out</button>
<button type="submit" name="decision" value="stay" class="quiet">Stay signed in</button>
</div>
</form>`,
  );
}
