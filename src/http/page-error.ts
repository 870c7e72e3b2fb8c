/** An error for a user, shown as a page with a title, a message and an optional link. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly status: number;
  readonly title: string;
  readonly link: { readonly href: string; readonly label: string } | undefined;

  constructor(status: number, title: string, message: string, link?: PageError['link']) {
    super(message);
    this.status = status;
    this.title = title;
    this.link = link;
  }
}

/** Also used if the caller must not learn that a page exists. */
export const pageNotFound = (): PageError =>
  new PageError(404, 'Page not found', 'There is nothing at this address.', { href: '/', label: 'Home' });
