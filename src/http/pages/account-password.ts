import { html } from 'hono/html';
import { PASSWORD_MIN } from '../../crypto/password-length.ts';
import { focus, formSection, passwordField, type Section } from './account-section.ts';
import type { Html } from './layout.ts';

export const passwordSection = (section: Section): Html =>
  formSection(section, 'Your password', [
    html`<p class="small">A new password signs you out everywhere else, and apps have to ask you again.</p>`,
    passwordField('current-password', 'currentPassword', 'Your current password', 'current-password', focus(section)),
    passwordField('new-password', 'password', `A new password (${PASSWORD_MIN} characters or more)`, 'new-password'),
    passwordField('repeated', 'repeated', 'The new password again', 'new-password'),
    html`<button type="submit">Change password</button>`,
  ]);
