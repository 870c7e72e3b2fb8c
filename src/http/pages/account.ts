import { html } from 'hono/html';
import { alert, type Html, layout } from './layout.ts';

/** The parts of the page that can be changed, and what is said once that is done. */
const SECTIONS = {
  profile: 'Your name is saved.',
  email: 'Your e-mail address is saved.',
  password: 'Your password is changed. You are signed out everywhere else, and apps have to ask you again.',
  sessions: 'That browser is signed out.',
  apps: 'That app no longer has access.',
} as const;

export type Section = keyof typeof SECTIONS;

export const isSection = (text: string): text is Section => Object.hasOwn(SECTIONS, text);

export interface AccountPage {
  readonly csrf: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly sessions: readonly SignedIn[];
  readonly apps: readonly App[];
  readonly done: Section | undefined;
  readonly problem: { readonly section: Section; readonly message: string } | undefined;
}

interface SignedIn {
  readonly id: string;
  readonly current: boolean;
  readonly signedInAt: Date;
  readonly ip: string | undefined;
  readonly browser: string | undefined;
}

interface App {
  readonly clientId: string;
  readonly name: string;
  readonly since: Date;
  readonly lastUsedAt: Date;
  readonly allowed: readonly { readonly name: string; readonly sentence: string; readonly powerful: boolean }[];
}

const WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

const time = (at: Date): Html => html`<time datetime="${at.toISOString()}">${WORDS.format(at)} UTC</time>`;

export function accountPage(page: AccountPage): string {
  const { username, email, emailVerified } = page;
  return layout(
    'Your account',
    html`<h1>Your account</h1>
<p>You are signed in as <strong>${username}</strong>. <a href="/logout">Sign out</a></p>
${page.done === undefined ? '' : html`<p class="note" role="status">${SECTIONS[page.done]}</p>`}
${section(page, 'profile', 'Your name', [
  field('firstName', 'First name', page.firstName, 'given-name', focus(page, 'profile')),
  field('lastName', 'Last name', page.lastName, 'family-name'),
  html`<button type="submit">Save name</button>`,
])}
${section(page, 'email', 'Your e-mail address', [
  html`<p class="small">${email === '' ? 'You have told none.' : emailVerified ? 'An administrator has verified it.' : 'Nobody has verified it.'}</p>`,
  html`<label for="email">E-mail address <span class="small">(empty: none)</span></label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email" maxlength="254"${focus(page, 'email')}>`,
  passwordField('email-password', 'currentPassword', 'Your current password', 'current-password'),
  html`<button type="submit">Save e-mail address</button>`,
])}
${section(page, 'password', 'Your password', [
  html`<p class="small">A new password signs you out everywhere else, and apps have to ask you again.</p>`,
  passwordField(
    'current-password',
    'currentPassword',
    'Your current password',
    'current-password',
    focus(page, 'password'),
  ),
  passwordField('new-password', 'password', 'A new password (8 characters or more)', 'new-password'),
  passwordField('repeated', 'repeated', 'The new password again', 'new-password'),
  html`<button type="submit">Change password</button>`,
])}
${part(page, 'sessions', 'Where you are signed in', html`<ul class="things">${page.sessions.map((session) => signedIn(page.csrf, session))}</ul>`)}
${part(
  page,
  'apps',
  'Apps with access',
  page.apps.length === 0
    ? html`<p>No app has access to your account.</p>`
    : html`<ul class="things">${page.apps.map((app) => withAccess(page.csrf, app))}</ul>`,
)}
<p><a href="/">Home</a></p>`,
  );
}

function part({ problem }: AccountPage, name: Section, title: string, content: Html): Html {
  return html`<section aria-labelledby="${name}-title">
<h2 id="${name}-title">${title}</h2>
${alert(problem?.section === name ? problem.message : undefined)}
${content}
</section>`;
}

/** After a mistake the first field is where the person goes on. */
const focus = ({ problem }: AccountPage, name: Section): Html | '' =>
  problem?.section === name ? html` autofocus` : '';

const section = (page: AccountPage, name: Section, title: string, fields: readonly Html[]): Html =>
  part(page, name, title, html`<form method="post" action="/account">${hidden(page.csrf, name)}${[...fields]}</form>`);

const hidden = (csrf: string, name: Section): Html =>
  html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="section" value="${name}">`;

const field = (name: string, label: string, value: string, autocomplete: string, autofocus: Html | '' = ''): Html =>
  html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" value="${value}" autocomplete="${autocomplete}" maxlength="150"${autofocus}>`;

const passwordField = (
  id: string,
  name: string,
  label: string,
  autocomplete: string,
  autofocus: Html | '' = '',
): Html =>
  html`<label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="password" autocomplete="${autocomplete}" required${autofocus}>`;

function signedIn(csrf: string, { id, current, signedInAt, ip, browser }: SignedIn): Html {
  const what = browser ?? 'A browser';
  return html`<li><p><strong>${what}</strong>${current ? html` <em>(this one)</em>` : ''}<br>
<span class="small">Signed in ${time(signedInAt)}${ip === undefined ? '' : html` from ${ip}`}</span></p>
${
  current
    ? html`<p><a href="/logout">Sign out here</a></p>`
    : html`<form method="post" action="/account">${hidden(csrf, 'sessions')}<input type="hidden" name="session" value="${id}">
<button type="submit" class="quiet" aria-label="Sign out ${what}, signed in ${WORDS.format(signedInAt)}">Sign out</button></form>`
}</li>`;
}

function withAccess(csrf: string, { clientId, name, since, lastUsedAt, allowed }: App): Html {
  return html`<li><p><strong>${name}</strong><br>
<span class="small">Since ${time(since)}, last used ${time(lastUsedAt)}</span></p>
${
  allowed.length === 0
    ? html`<p>It knows that you came from here, and nothing more.</p>`
    : html`<p>It is able to:</p><ul>${allowed.map(({ name: scope, sentence, powerful }) => html`<li>${sentence}${powerful ? html` <em>(powerful)</em>` : ''} <code>${scope}</code></li>`)}</ul>`
}
<form method="post" action="/account">${hidden(csrf, 'apps')}<input type="hidden" name="client_id" value="${clientId}">
<button type="submit" class="quiet" aria-label="Remove access of ${name}">Remove access</button></form></li>`;
}
