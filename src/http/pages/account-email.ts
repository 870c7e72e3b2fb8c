import { html } from 'hono/html';
import { focus, formSection, passwordField, type Section } from './account-section.ts';
import type { Html } from './layout.ts';

export interface Email {
  /** Empty if the user has none. */
  readonly email: string;
  readonly emailVerified: boolean;
  /** Only the user has said that this is their address. */
  readonly emailClaimed: boolean;
}

export const emailSection = (section: Section, { email, emailVerified, emailClaimed }: Email): Html =>
  formSection(section, 'Your email', [
    html`<p class="small">${email === '' ? 'No email yet' : emailVerified ? 'Verified by an administrator' : emailClaimed ? 'Not confirmed: you cannot sign in with it, and most apps do not see it' : 'Not verified'}</p>`,
    html`<label for="email">Email <span class="small">(optional)</span></label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email" maxlength="254"${focus(section)}>`,
    passwordField('email-password', 'currentPassword', 'Current password', 'current-password'),
    html`<button type="submit">Save email</button>`,
  ]);
