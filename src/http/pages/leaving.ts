import { html } from 'hono/html';
import { layout } from './layout.ts';

export interface LeavingPage {
  readonly clientName: string;
  readonly owner: string;
  /** Host or custom scheme of the target. */
  readonly host: string;
  readonly href: string;
}

/** Shown instead of a redirect to an app that neither an administrator nor this user has allowed. */
export const leavingPage = ({ clientName, owner, host, href }: LeavingPage): string =>
  layout(
    `Continue to ${host}?`,
    html`<h1>Continue to ${host}?</h1>
<p>The app <q>${clientName}</q> wants to send you to <strong class="host">${host}</strong>, which is not part of Gatehouse.</p>
<p class="note">This app was registered by <strong>${owner}</strong> and has not been checked by an administrator. Do not enter your password there.</p>
<p><a class="button" href="${href}" rel="noreferrer">Continue to ${host}</a></p>`,
  );
