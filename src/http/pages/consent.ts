import { html } from 'hono/html';
import { layout } from './layout.ts';

export interface ConsentPage {
  readonly csrf: string;
  readonly request: string;
  readonly clientName: string;
  /** Host of the redirect URI, or the scheme if it is a custom one. */
  readonly returnsTo: string;
  /** Username of the owner, if no administrator has checked the app. */
  readonly uncheckedOwner: string | undefined;
  readonly username: string;
  /** Whether the scope openid is requested. It has no tick box, because without it there is nothing to decide. */
  readonly signsIn: boolean;
  readonly requested: readonly RequestedScope[];
  /** Descriptions of scopes that the user allowed earlier and the app requests again. */
  readonly alreadyAllowed: readonly string[];
  /** Resource servers other than this one that the app requests access to. */
  readonly otherResources: readonly string[];
  readonly lifetime: string;
}

interface RequestedScope {
  readonly name: string;
  readonly description: string;
  readonly powerful: boolean;
}

/** The form field of a scope's tick box. */
export const scopeField = (scope: string): string => `scope ${scope}`;

export function consentPage(page: ConsentPage): string {
  const { clientName, returnsTo, username, requested, alreadyAllowed } = page;
  return layout(
    `Allow ${clientName}?`,
    html`<h1>Allow <strong>${clientName}</strong>?</h1>
<p>You are signed in as <strong>${username}</strong>. After you choose, you return to <strong class="host">${returnsTo}</strong>.</p>
${page.uncheckedOwner === undefined ? '' : html`<p class="note">This app was registered by <strong>${page.uncheckedOwner}</strong> and has not been checked by an administrator.</p>`}
${requested.some(({ powerful }) => powerful) ? html`<p class="alert">This app asks for more access than most apps need. It could make changes in your name. Allow it only if you know why it needs this.</p>` : ''}
<form method="post" action="/consent">
<input type="hidden" name="csrf" value="${page.csrf}">
<input type="hidden" name="request" value="${page.request}">
${
  page.signsIn
    ? html`<p>This signs you in to <strong>${clientName}</strong>.</p>`
    : requested.length === 0
      ? html`<p><strong>${clientName}</strong> only learns that you have an account here.</p>`
      : ''
}
${
  requested.length === 0
    ? ''
    : html`<fieldset><legend>This lets <strong>${clientName}</strong>:</legend>
${requested.map(({ name, description, powerful }) => html`<label class="tick"><input type="checkbox" name="${scopeField(name)}" value="on" checked> <span>${description}${powerful ? html` <em>(powerful)</em>` : ''} <code>${name}</code></span></label>`)}
</fieldset>`
}
${alreadyAllowed.length === 0 ? '' : html`<p>Already allowed:</p><ul>${alreadyAllowed.map((description) => html`<li>${description}</li>`)}</ul>`}
${page.otherResources.length === 0 ? '' : html`<p>It will use this access at:</p><ul>${page.otherResources.map((resource) => html`<li class="host">${resource}</li>`)}</ul>`}
<p class="small">${page.lifetime}</p>
<div class="choices">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</div>
</form>
<p class="small">Not ${username}? <a href="/logout?request=${page.request}">Use another account</a></p>`,
  );
}
