import { html } from 'hono/html';
import { hidden, type Section, section, time } from './account-section.ts';
import type { Html } from './layout.ts';

export interface ShownApp {
  readonly clientId: string;
  readonly name: string;
  readonly since: Date;
  readonly lastUsedAt: Date;
  readonly allowed: readonly { readonly name: string; readonly description: string; readonly powerful: boolean }[];
}

export const appsSection = (of: Section, apps: readonly ShownApp[]): Html =>
  section(
    of,
    'Apps with access',
    apps.length === 0
      ? html`<p>No app has access to your account.</p>`
      : html`<ul class="things">${apps.map((app) => item(of, app))}</ul>`,
  );

function item(of: Section, { clientId, name, since, lastUsedAt, allowed }: ShownApp): Html {
  return html`<li><p><strong>${name}</strong><br>
<span class="small">Since ${time(since)}, last used ${time(lastUsedAt)}</span></p>
${
  allowed.length === 0
    ? html`<p>It only knows that you have an account here.</p>`
    : html`<p>It can:</p><ul>${allowed.map(({ name: scope, description, powerful }) => html`<li>${description}${powerful ? html` <em>(powerful)</em>` : ''} <code>${scope}</code></li>`)}</ul>`
}
<form method="post" action="/account">${hidden(of)}<input type="hidden" name="client_id" value="${clientId}">
<button type="submit" class="quiet" aria-label="Remove access of ${name}">Remove access</button></form></li>`;
}
