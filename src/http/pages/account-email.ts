import { html } from 'hono/html';
import { focus, formSection, passwordField, type Section } from './account-section.ts';
import type { Html } from './layout.ts';

export interface Email {
  /** Empty if the user has none. */
  readonly email: string;
  readonly emailVerified: boolean;
}

export const emailSection = (section: Section, { email, emailVerified }: Email): Html =>
  formSection(section, 'Your email', [
    html`<p class="small">${email === '' ? 'No email yet' : emailVerified ? 'Verified by an administrator' : 'Not verified'}</p>`,
    html`<label for="email">Email <span class="small">(optional)</span></label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email" maxlength="254"${focus(section)}>`,
    passwordField('email-password', 'currentPassword', 'Current password', 'current-password'),
    html`<button type="submit">Save email</button>`,
  ]);
