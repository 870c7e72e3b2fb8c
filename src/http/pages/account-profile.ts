import { html } from 'hono/html';
import { focus, formSection, type Section } from './account-section.ts';
import type { Html } from './layout.ts';

export interface Profile {
  readonly firstName: string;
  readonly lastName: string;
}

export const profileSection = (section: Section, { firstName, lastName }: Profile): Html =>
  formSection(section, 'Your name', [
    field('firstName', 'First name', firstName, 'given-name', focus(section)),
    field('lastName', 'Last name', lastName, 'family-name'),
    html`<button type="submit">Save name</button>`,
  ]);

const field = (name: string, label: string, value: string, autocomplete: string, autofocus: Html | '' = ''): Html =>
  html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" value="${value}" autocomplete="${autocomplete}" maxlength="150"${autofocus}>`;
