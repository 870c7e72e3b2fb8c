import { html } from 'hono/html';
import { layout } from './layout.ts';

export interface ConsentPage {
  readonly csrf: string;
  readonly request: string;
  readonly clientName: string;
  readonly clientUri: string | undefined;
  /** Host, or scheme, of the address the answer goes to. */
  readonly returnsTo: string;
  /** Set where nobody has vouched for the app. */
  readonly uncheckedOwner: string | undefined;
  readonly username: string;
  readonly asked: readonly AskedScope[];
  /** Descriptions of what was allowed before and is requested again. */
  readonly allowedBefore: readonly string[];
  /** The APIs it asks for beside this server's own. */
  readonly elsewhere: readonly string[];
  readonly lifetime: string;
}

interface AskedScope {
  readonly name: string;
  readonly description: string;
  readonly powerful: boolean;
}

/** The name of the tick box of a scope. */
export const scopeField = (scope: string): string => `scope ${scope}`;

export function consentPage(page: ConsentPage): string {
  const { clientName, returnsTo, username, asked, allowedBefore } = page;
  return layout(
    `Allow ${clientName}?`,
    html`<h1>Allow <strong>${clientName}</strong>?</h1>
<p>You are signed in as <strong>${username}</strong>. After you choose, you return to <strong class="host">${returnsTo}</strong>.</p>
${page.uncheckedOwner === undefined ? '' : html`<p class="note">This app was registered by <strong>${page.uncheckedOwner}</strong> and has not been checked by an administrator.</p>`}
${asked.some(({ powerful }) => powerful) ? html`<p class="alert">This app asks for more access than most apps need. It could make changes in your name. Allow it only if you know why it needs this.</p>` : ''}
<form method="post" action="/consent">
<input type="hidden" name="csrf" value="${page.csrf}">
<input type="hidden" name="request" value="${page.request}">
${
  asked.length === 0
    ? html`<p><strong>${clientName}</strong> only learns that you have an account here.</p>`
    : html`<fieldset><legend>This lets <strong>${clientName}</strong>:</legend>
${asked.map(({ name, description, powerful }) => html`<label class="tick"><input type="checkbox" name="${scopeField(name)}" value="on" checked> <span>${description}${powerful ? html` <em>(powerful)</em>` : ''} <code>${name}</code></span></label>`)}
</fieldset>`
}
${allowedBefore.length === 0 ? '' : html`<p>Already allowed:</p><ul>${allowedBefore.map((description) => html`<li>${description}</li>`)}</ul>`}
${page.elsewhere.length === 0 ? '' : html`<p>It will use this access at:</p><ul>${page.elsewhere.map((resource) => html`<li class="host">${resource}</li>`)}</ul>`}
<p class="small">${page.lifetime}</p>
<div class="choices">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</div>
</form>
<p class="small">Not ${username}? <a href="/logout?request=${page.request}">Use another account</a></p>`,
  );
}
