import { signIn } from './authorize.ts';
import type { Browser, Page } from './browser.ts';
import type { TestUser } from './fixtures.ts';
import type { TestServer } from './server.ts';

/** Fills in the form of one section of the account page and sends it. */
export function changeAccount(
  browser: Browser,
  page: Page,
  section: string,
  fields: Record<string, string>,
): Promise<Page> {
  const form = page.forms.find((one) => one.fields.get('section') === section);
  if (!form) throw new Error(`No form for ${section}:\n${page.html}`);
  return browser.post(form.action, { ...Object.fromEntries(form.fields), ...fields });
}

/** Signs the same user in with another browser. */
export async function signInElsewhere(server: TestServer, user: TestUser): Promise<Browser> {
  const browser = server.browser();
  await signIn(browser, await browser.get('/login'), user);
  return browser;
}

/** The stored row of a user. */
export async function rowOf(
  { database }: TestServer,
  { uuid }: TestUser,
): Promise<Record<string, unknown> | undefined> {
  const [row] = await database.em().execute('SELECT * FROM users WHERE id = ?', [uuid]);
  return row;
}
