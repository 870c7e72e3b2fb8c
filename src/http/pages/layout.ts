import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Escaped by construction: every value that is put into an `html` template is, unless it is such a template itself. */
export type Html = ReturnType<typeof html>;

/** The text of a page: no part of ours is a promise, so neither is the whole. */
export const rendered = (page: Html): string => (page as HtmlEscapedString).toString();

/** One page: a card on a plain ground, one stylesheet, no script. */
export function layout(title: string, content: Html): string {
  return rendered(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Gatehouse</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
</head>
<body>
<main>
<p class="brand"><img src="/icon.svg" alt="" width="24" height="24"> Gatehouse</p>
${content}
</main>
</body>
</html>
`);
}

/** What went wrong with a form, read out by screen readers as soon as the page is there. */
export const alert = (message: string | undefined): Html | '' =>
  message === undefined ? '' : html`<p class="alert" role="alert">${message}</p>`;
