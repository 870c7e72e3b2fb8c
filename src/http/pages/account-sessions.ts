import { html } from 'hono/html';
import { hidden, type Section, section, time, timeText } from './account-section.ts';
import type { Html } from './layout.ts';

export interface ShownSession {
  readonly id: string;
  readonly current: boolean;
  readonly signedInAt: Date;
  readonly ip: string | undefined;
  readonly browser: string | undefined;
}

export const sessionsSection = (of: Section, sessions: readonly ShownSession[]): Html =>
  section(of, 'Where you are signed in', html`<ul class="things">${sessions.map((session) => item(of, session))}</ul>`);

function item(of: Section, { id, current, signedInAt, ip, browser }: ShownSession): Html {
  const name = browser ?? 'A browser';
  return html`<li><p><strong>${name}</strong>${current ? html` <em>(this one)</em>` : ''}<br>
<span class="small">Signed in ${time(signedInAt)}${ip === undefined ? '' : html` from ${ip}`}</span></p>
${
  current
    ? html`<p><a href="/logout">Sign out here</a></p>`
    : html`<form method="post" action="/account">${hidden(of)}<input type="hidden" name="session" value="${id}">
<button type="submit" class="quiet" aria-label="Sign out ${name}, signed in ${timeText(signedInAt)}">Sign out</button></form>`
}</li>`;
}
