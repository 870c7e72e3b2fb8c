import { html } from 'hono/html';
import { alert, type Html } from './layout.ts';

/** One section of the account page; its name is the value of its forms' `section` field. */
export interface Section {
  readonly name: string;
  readonly csrf: string;
  /** The error of the form that was just submitted. */
  readonly problem: string | undefined;
}

export const section = ({ name, problem }: Section, title: string, content: Html): Html =>
  html`<section aria-labelledby="${name}-title">
<h2 id="${name}-title">${title}</h2>
${alert(problem)}
${content}
</section>`;

/** A section that is a single form. */
export const formSection = (of: Section, title: string, fields: readonly Html[]): Html =>
  section(of, title, html`<form method="post" action="/account">${hidden(of)}${[...fields]}</form>`);

export const hidden = ({ csrf, name }: Section): Html =>
  html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="section" value="${name}">`;

/** After an error the first field of the form has the focus, so that the user can correct it at once. */
export const focus = ({ problem }: Section): Html | '' => (problem === undefined ? '' : html` autofocus`);

export const passwordField = (
  id: string,
  name: string,
  label: string | Html,
  autocomplete: string,
  autofocus: Html | '' = '',
): Html =>
  html`<label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="password" autocomplete="${autocomplete}" required${autofocus}>`;

const TIME_FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export const timeText = (at: Date): string => TIME_FORMAT.format(at);

export const time = (at: Date): Html => html`<time datetime="${at.toISOString()}">${timeText(at)} UTC</time>`;
