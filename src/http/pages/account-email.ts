import { html } from 'hono/html';
import { focus, formSection, passwordField, type Section } from './account-section.ts';
import type { Html } from './layout.ts';

export interface Email {
  /** Empty: none. */
  readonly email: string;
  readonly emailVerified: boolean;
}

export const emailSection = (section: Section, { email, emailVerified }: Email): Html =>
  formSection(section, 'Your e-mail address', [
    html`<p class="small">${email === '' ? 'You have told none.' : emailVerified ? 'An administrator has verified it.' : 'Nobody has verified it.'}</p>`,
    html`<label for="email">E-mail address <span class="small">(empty: none)</span></label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email" maxlength="254"${focus(section)}>`,
    passwordField('email-password', 'currentPassword', 'Your current password', 'current-password'),
    html`<button type="submit">Save e-mail address</button>`,
  ]);
