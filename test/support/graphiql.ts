import type { BrowserContext, Page, Request } from 'playwright-core';
import type { Config } from '../../src/config.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Opens GraphiQL and waits for the editor. */
export async function openGraphiql(
  context: BrowserContext,
  { config }: { readonly config: Config },
  page?: Page,
): Promise<Page> {
  const opened = page ?? (await context.newPage());
  await opened.goto(`${config.issuer}/graphiql`);
  await opened.waitForSelector('.graphiql-query-editor .view-line');
  return opened;
}

/** Clicks the button that opens the sign-in window, signs in if `user` is given, decides, and waits until the window has closed. */
export async function passSignIn(
  page: Page,
  button: string,
  { user, decision = 'Allow' }: { user?: Credentials; decision?: 'Allow' | 'Deny' } = {},
): Promise<void> {
  const [popup] = await Promise.all([page.context().waitForEvent('page'), page.click(button)]);
  if (user) {
    await popup.getByLabel('Username').fill(user.username);
    await popup.getByLabel('Password').fill(user.password);
    await popup.getByRole('button', { name: 'Sign in' }).click();
  }
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name: decision }).click();
  await closed;
}

/** Signs in with the checked scopes. */
export async function signInToGraphiql(page: Page, user: Credentials): Promise<void> {
  await passSignIn(page, '#sign-in', { user });
  await page.waitForSelector('.who.signed-in');
}

/** False for the introspection query, and for the unnamed query of the page itself. */
function isOperation(request: Request): boolean {
  if (!request.url().endsWith('/graphql')) return false;
  const { operationName } = request.postDataJSON();
  return operationName !== undefined && operationName !== 'IntrospectionQuery';
}

export async function openTab(page: Page, index: number): Promise<void> {
  const tab = page.locator('[role=tab]').nth(index);
  // The tabs are animated, so a click can miss, and the editor loads the content of a tab a moment later.
  while ((await tab.getAttribute('aria-selected')) !== 'true') {
    await page.locator(`#graphiql-session-tab-${index}`).click();
    await page.waitForTimeout(500);
  }
}

/** Runs the operation in the tab. Returns the response once GraphiQL shows it. */
export async function runTab(page: Page, index: number): Promise<{ status: number; body: unknown }> {
  await openTab(page, index);
  const [response] = await Promise.all([
    page.waitForResponse((candidate) => isOperation(candidate.request())),
    page.click('.graphiql-execute-button'),
  ]);
  const body: unknown = await response.json();
  await page
    .locator('.result-window')
    .getByText(`"${Object.keys(body as object)[0]}"`)
    .first()
    .waitFor();
  return { status: response.status(), body };
}

/** Grants the missing scope. Returns the response to the operation, which GraphiQL runs again. */
export async function grantScopesAndRerun(page: Page): Promise<{ status: number; body: unknown }> {
  const [response] = await Promise.all([
    page.waitForResponse((candidate) => isOperation(candidate.request())),
    passSignIn(page, '#request-scopes'),
  ]);
  return { status: response.status(), body: await response.json() };
}
