import { html } from 'hono/html';
import { layout } from './layout.ts';

export function errorPage(title: string, message: string, wayOn: { href: string; label: string } | undefined): string {
  return layout(
    title,
    html`<h1>${title}</h1>
<p>${message}</p>
${wayOn ? html`<p><a class="button" href="${wayOn.href}">${wayOn.label}</a></p>` : ''}`,
  );
}
