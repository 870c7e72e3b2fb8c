import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Safe HTML: an `html` template escapes every inserted value, except other templates. */
export type Html = ReturnType<typeof html>;

/** The text of a page. The cast is safe, because no page inserts a promise. */
export const rendered = (page: Html): string => (page as HtmlEscapedString).toString();

/** A complete page with one stylesheet and no script. */
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

/** The error of a form. Screen readers announce it as soon as the page loads. */
export const alert = (message: string | undefined): Html | '' =>
  message === undefined ? '' : html`<p class="alert" role="alert">${message}</p>`;
