import { html } from 'hono/html';
import { PASSWORD_MIN } from '../../crypto/password-length.ts';
import { focus, formSection, passwordField, type Section } from './account-section.ts';
import type { Html } from './layout.ts';

export const passwordSection = (section: Section): Html =>
  formSection(section, 'Your password', [
    html`<p class="small">A new password signs you out everywhere else. Apps must ask you for access again.</p>`,
    passwordField('current-password', 'currentPassword', 'Current password', 'current-password', focus(section)),
    passwordField(
      'new-password',
      'password',
      html`New password <span class="small">(${PASSWORD_MIN} characters or more)</span>`,
      'new-password',
    ),
    passwordField('repeated', 'repeated', 'Confirm password', 'new-password'),
    html`<button type="submit">Change password</button>`,
  ]);
