/** The response at which a navigation ended. Redirects within the server are followed, others are not. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly html: string;
  /** The target of a redirect to another origin. */
  readonly location: string | undefined;
  readonly forms: readonly Form[];
}

export interface Form {
  readonly action: string;
  readonly method: string;
  /** The fields that the unchanged form would send: hidden and filled fields, checked boxes. */
  readonly fields: ReadonlyMap<string, string>;
  /** Names of all fields, including empty ones and unchecked boxes. */
  readonly names: readonly string[];
  readonly buttons: readonly { readonly name: string; readonly value: string }[];
}

/** Sends one request without following redirects. */
export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/**
 * A browser without JavaScript that stores cookies, follows redirects and fills in forms. Like Safari, it drops Secure cookies
 * on http, also from localhost.
 */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;
  readonly #fetch: Fetch;

  constructor(origin: string, fetch: Fetch) {
    this.#origin = origin;
    this.#fetch = fetch;
  }

  get(path: string): Promise<Page> {
    return this.#navigate('GET', new URL(path, this.#origin).href, undefined, {});
  }

  /** Sends a POST like a form of this server. `headers` can replace the headers of a same-origin request. */
  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> {
    return this.#navigate('POST', new URL(path, this.#origin).href, new URLSearchParams(fields), headers);
  }

  /**
   * Submits the form of a page with its current fields, `changes` (undefined removes a field, like an unchecked box) and the
   * value of the button.
   */
  submit(page: Page, changes: Record<string, string | undefined> = {}, button?: string): Promise<Page> {
    const form = page.forms.find(
      ({ names, buttons }) =>
        Object.keys(changes).every((name) => names.includes(name)) &&
        (button === undefined || buttons.some(({ value }) => value === button)),
    );
    if (!form)
      throw new Error(`No form with ${Object.keys(changes).join(', ')} ${button ?? ''} on ${page.url}:\n${page.html}`);
    const fields: Record<string, string> = Object.fromEntries(form.fields);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) delete fields[name];
      else fields[name] = value;
    }
    const pressed = form.buttons.find(({ value }) => value === button);
    if (pressed && pressed.name !== '') fields[pressed.name] = pressed.value;
    const target = new URL(form.action, page.url).href;
    if (form.method === 'post') return this.#navigate('POST', target, new URLSearchParams(fields), {});
    return this.get(`${target}?${new URLSearchParams(fields)}`);
  }

  async #navigate(
    method: string,
    url: string,
    body: URLSearchParams | undefined,
    extra: Record<string, string>,
  ): Promise<Page> {
    const { pathname, search } = new URL(url);
    const response = await this.#fetch(pathname + search, {
      method,
      headers: { ...this.#headers(method), ...extra },
      ...(body ? { body } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const location = response.headers.get('Location') ?? undefined;
    const target = location === undefined ? undefined : new URL(location, url);
    const html = await response.text();
    if (response.status < 400 && target?.origin === this.#origin)
      return this.#navigate('GET', target.href, undefined, {});
    return { status: response.status, url, headers: response.headers, html, location, forms: formsOf(html) };
  }

  #headers(method: string): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      'Sec-Fetch-Site': method === 'POST' ? 'same-origin' : 'none',
      ...(method === 'POST' ? { Origin: this.#origin } : {}),
      ...(cookie === '' ? {} : { Cookie: cookie }),
    };
  }

  #keep(line: string): void {
    if (/;\s*secure/i.test(line) && this.#origin.startsWith('http:')) return;
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const [, expires] = /;\s*expires=([^;]+)/i.exec(line) ?? [];
    const gone = /;\s*max-age=(0|-)/i.test(line) || (expires !== undefined && Date.parse(expires) <= Date.now());
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inside = '']) => {
    const inputs = [...inside.matchAll(/<(?:input|textarea)\b([^>]*)>/g)].map(([, text = '']) => attributesOf(text));
    const buttons = [...inside.matchAll(/<button\b([^>]*)>/g)].map(([, text = '']) => attributesOf(text));
    const named = inputs.filter(({ name, type }) => name !== undefined && type !== 'submit');
    const sent = named.filter(
      ({ type, checked }) => (type !== 'checkbox' && type !== 'radio') || checked !== undefined,
    );
    const { action = '', method = 'get' } = attributesOf(attributes);
    return {
      action,
      method: method.toLowerCase(),
      fields: new Map(sent.map(({ name = '', value, type }) => [name, value ?? (type === 'checkbox' ? 'on' : '')])),
      names: named.map(({ name = '' }) => name),
      buttons: buttons.map(({ name = '', value = '' }) => ({ name, value })),
    };
  });
}

function attributesOf(text: string): Partial<Record<string, string>> {
  const found = text.matchAll(/([a-z-]+)(?:="([^"]*)")?/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, decode(value)]));
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
