import { html } from 'hono/html';
import { layout } from './layout.ts';

export function homePage(username: string | undefined, graphiql: boolean): string {
  const actions =
    username === undefined
      ? html`<p>You are not signed in.</p><p><a class="button" href="/login">Sign in</a></p>`
      : html`<p><a class="button" href="/account">Your account</a> <a class="button quiet" href="/logout">Sign out</a></p>`;
  return layout(
    'Home',
    html`<h1>${username === undefined ? 'Welcome' : `Hello, ${username}`}</h1>
${actions}
${graphiql ? html`<p><a href="/graphiql">Open GraphiQL</a> to work with users, groups and clients.</p>` : ''}`,
  );
}
