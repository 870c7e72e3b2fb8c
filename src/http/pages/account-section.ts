import { html } from 'hono/html';
import { alert, type Html } from './layout.ts';

/** One section of the account page; its name is the value of its forms' `section` field. */
export interface Section {
  readonly name: string;
  readonly csrf: string;
  /** What was wrong with the form that was just sent. */
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

/** After an error the user continues at the first field of the form. */
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

const WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

export const timeText = (at: Date): string => WORDS.format(at);

export const time = (at: Date): Html => html`<time datetime="${at.toISOString()}">${timeText(at)} UTC</time>`;
