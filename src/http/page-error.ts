/** A refusal for a person, told on a page: a title, a sentence and, where there is one, the way on. */
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

/** Also for what a stranger shall not know to be there. */
export const pageNotFound = (): PageError =>
  new PageError(404, 'Page not found', 'There is nothing at this address.', { href: '/', label: 'Home' });
