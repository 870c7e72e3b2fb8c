import { html } from 'hono/html';
import { type Html, layout } from './layout.ts';

export interface AccountPage {
  readonly username: string;
  /** Confirms the change that was just saved. */
  readonly done: string | undefined;
  readonly sections: readonly Html[];
}

export const accountPage = ({ username, done, sections }: AccountPage): string =>
  layout(
    'Your account',
    html`<h1>Your account</h1>
<p>You are signed in as <strong>${username}</strong>. <a href="/logout">Sign&nbsp;out</a></p>
${done === undefined ? '' : html`<p class="note" role="status">${done}</p>`}
${sections.map((section) => html`${section}\n`)}<p><a href="/">Home</a></p>`,
  );
