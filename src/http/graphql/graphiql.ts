import { html } from 'hono/html';
import { CONSOLE_CLIENT_ID } from '../../oauth/clients/console-client.ts';
import { CONSOLE_SCOPES, SCOPES } from '../../oauth/scopes/scope.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { type Html, layout, rendered } from '../pages/layout.ts';
import { graphiqlAssets } from './graphiql-assets.ts';

const DEFAULT_SCOPES: ReadonlySet<string> = new Set(['openid', 'profile', 'read']);

const NO_RESOURCES = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The editor adds style elements at run time, and its style sheet contains its icons as a font. */
const PAGE_POLICY = `${NO_RESOURCES}; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; connect-src 'self'`;
const CALLBACK_POLICY = `${NO_RESOURCES}; script-src 'self'; style-src 'self'; img-src 'self'`;

/** GET /graphiql, and GET /graphql in a browser. */
export async function graphiqlPage(ctx: HttpContext): Promise<void> {
  const { issuer, production } = ctx.state.config;
  const { urls } = await graphiqlAssets();
  const settings = JSON.stringify({
    issuer,
    clientId: CONSOLE_CLIENT_ID,
    redirectUri: `${issuer}/graphiql/callback`,
    production,
    script: urls.script,
    workers: { editorWorkerService: urls.editorWorker, json: urls.jsonWorker, graphql: urls.graphqlWorker },
  });
  ctx.set('Content-Security-Policy', PAGE_POLICY);
  ctx.type = 'html';
  ctx.body = rendered(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>GraphiQL · Gatehouse</title>
  <link rel="icon" type="image/svg+xml" href="/icon.svg">
  <link rel="preload" as="script" href="${urls.script}">
  <link rel="stylesheet" href="${urls.style}">
  <link rel="stylesheet" href="/graphiql/console.css">
  <script type="module" src="/graphiql/console.js"></script>
</head>
<body data-settings="${settings}">
  <header class="bar">
    <strong class="name"><img src="/icon.svg" alt="" width="20" height="20"> Gatehouse</strong>
    ${production ? html`<span class="production">production</span>` : ''}
    <span id="who" class="who">Not signed in</span>
    <span id="countdown" class="countdown" hidden></span>
    <details id="scopes" class="scopes">
      <summary><span>Scopes: </span><span id="chosen" class="chosen"></span></summary>
      <fieldset>
        <legend>Scopes of your token</legend>
        ${CONSOLE_SCOPES.map(
          (scope) => html`
        <label>
          <input type="checkbox" value="${scope}" ${DEFAULT_SCOPES.has(scope) ? 'checked' : ''}>
          <code>${scope}</code> <span>${SCOPES[scope].description}</span>
        </label>`,
        )}
      </fieldset>
    </details>
    <button id="curl" class="quiet" type="button">Copy as curl</button>
    <button id="sign-in" type="button" disabled>Sign in</button>
    <button id="sign-out" class="quiet" type="button" hidden>Sign out</button>
  </header>
  <div id="notice" class="notice" hidden><span id="notice-text" role="status"></span> <button id="request-scopes" type="button" hidden></button></div>
  <noscript><p class="notice">GraphiQL needs JavaScript. The API itself is at <code>POST /graphql</code>.</p></noscript>
  <main id="root"></main>
  ${production ? confirmation(issuer) : ''}
</body>
</html>`);
}

/** Cancel comes first, so that Enter activates it. */
const confirmation = (issuer: string): Html => html`<dialog id="confirm" aria-labelledby="confirm-question">
    <p id="confirm-question"><strong>Run <code id="confirm-name"></code> in production?</strong></p>
    <p>This changes live data at <code>${issuer}</code>.</p>
    <p class="choice">
      <button type="button" value="cancel" class="quiet">Cancel</button>
      <button type="button" value="run" class="danger">Run</button>
    </p>
  </dialog>`;

/** RFC 6749 §4.1.2: the redirect URI of the built-in client. Its script passes the code to the GraphiQL window. */
export function graphiqlCallback(ctx: HttpContext): void {
  ctx.set('Content-Security-Policy', CALLBACK_POLICY);
  // RFC 9700 §4.2.4: the URL contains the code.
  ctx.set('Referrer-Policy', 'no-referrer');
  ctx.type = 'html';
  ctx.body = layout(
    'Signing in',
    html`<h1>Signing in</h1>
<p id="message" role="status">One moment…</p>
<noscript><p>GraphiQL needs JavaScript.</p></noscript>
<p class="small"><a href="/graphiql">Open GraphiQL</a></p>
<script type="module" src="/graphiql/callback.js"></script>`,
  );
}

/** GET /graphiql/… */
export async function graphiqlAsset(ctx: HttpContext): Promise<void> {
  const { byName } = await graphiqlAssets();
  const asset = byName.get(ctx.path.slice('/graphiql/'.length));
  if (!asset) throw new PageError(404, 'File not found', 'Reload GraphiQL: your copy may be from an earlier version.');
  // A web worker gets its content security policy from its own response, not from the page. Workers load nothing.
  ctx.set('Content-Security-Policy', NO_RESOURCES);
  ctx.set('Cache-Control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.set('Vary', 'Accept-Encoding');
  ctx.set('ETag', asset.etag);
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.type = asset.type;
  // Checked one by one, because browsers list gzip first without preferring it.
  const encoding = ctx.acceptsEncodings('br') ? 'br' : ctx.acceptsEncodings('gzip') ? 'gzip' : 'identity';
  if (encoding !== 'identity') ctx.set('Content-Encoding', encoding);
  ctx.body = await asset.encoded(encoding);
}
