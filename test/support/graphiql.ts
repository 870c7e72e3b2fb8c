import type { BrowserContext, Page, Request } from 'playwright-core';
import type { Config } from '../../src/config.ts';

export interface Person {
  readonly username: string;
  readonly password: string;
}

/** Opens GraphiQL and waits until it can be typed into. */
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

/** Presses what opens the sign-in window, signs in there if asked to, decides, and waits until the window has closed. */
export async function passSignIn(
  page: Page,
  button: string,
  { person, decision = 'Allow' }: { person?: Person; decision?: 'Allow' | 'Deny' } = {},
): Promise<void> {
  const [popup] = await Promise.all([page.context().waitForEvent('page'), page.click(button)]);
  if (person) {
    await popup.getByLabel('Username').fill(person.username);
    await popup.getByLabel('Password').fill(person.password);
    await popup.getByRole('button', { name: 'Sign in' }).click();
  }
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name: decision }).click();
  await closed;
}

/** Signs in with the scopes that are ticked. */
export async function signInToGraphiql(page: Page, person: Person): Promise<void> {
  await passSignIn(page, '#sign-in', { person });
  await page.waitForSelector('.who.signed-in');
}

/** Not the schema's introspection, nor the bar's own question, which has no name. */
function isOperation(request: Request): boolean {
  if (!request.url().endsWith('/graphql')) return false;
  const { operationName } = request.postDataJSON();
  return operationName !== undefined && operationName !== 'IntrospectionQuery';
}

export async function openTab(page: Page, index: number): Promise<void> {
  const tab = page.locator('[role=tab]').nth(index);
  // The tabs slide into place, so that a click may come too early to hit; and the editor reads a moment later what is in one.
  while ((await tab.getAttribute('aria-selected')) !== 'true') {
    await page.locator(`#graphiql-session-tab-${index}`).click();
    await page.waitForTimeout(500);
  }
}

/** Runs what stands in the tab, and gives the server's answer once GraphiQL shows it. */
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

/** Asks for the scope that was missing, and gives the answer to the operation that then runs by itself. */
export async function grantScopesAndRerun(page: Page): Promise<{ status: number; body: unknown }> {
  const [response] = await Promise.all([
    page.waitForResponse((candidate) => isOperation(candidate.request())),
    passSignIn(page, '#request-scopes'),
  ]);
  return { status: response.status(), body: await response.json() };
}
