import { html } from 'hono/html';
import { layout } from './layout.ts';

export function errorPage(
  title: string,
  message: string,
  link: { href: string; label: string } | undefined,
  requestId: string | undefined,
): string {
  return layout(
    title,
    html`<h1>${title}</h1>
<p>${message}</p>
${link ? html`<p><a class="button" href="${link.href}">${link.label}</a></p>` : ''}
<p class="small">Request id: <code>${requestId}</code></p>`,
  );
}
