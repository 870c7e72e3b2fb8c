import { createHash } from 'node:crypto';
import { expect } from 'vitest';

/** Every secret that went over the wire, into a process or out of one since this test file began, right or wrong. */
const seen = new Set<string>();

/** Shorter than any secret that Gatehouse makes or takes, or one letter over and over: such a word may stand anywhere. */
const SHORTEST = 8;
const LETTERS = 5;

/** Access token, refresh token, code, client secret: they are known by their looks wherever they turn up. */
const TYPED = /(?:gat|grt|gac|gcs)_[0-9A-Za-z]{49}/g;

/** Fields whose values are secrets, such as `currentPassword`, `client_secret`, `access_token`; and those that are if they look it. */
const SECRET_FIELD = /(password|secret|token)$/i;
const HANDLE_FIELD = /^(code_verifier|csrf|request|ticket)$/;
const HANDLE = /^[\w.~-]{43,}$/;

/** Names that everybody may know, and that a test may also try as a secret. */
const open = new Set<string>();

/** A worker runs one test file after the other, and what is a secret here may be a name there. */
let file: string | undefined;
function turnPage(): void {
  // A measurement under bench/ starts servers in the same way, and no runner of tests.
  if (process.env.VITEST === undefined) return;
  const { testPath } = expect.getState();
  if (testPath === file) return;
  file = testPath;
  seen.clear();
  open.clear();
}

export function keepName(name: string): void {
  turnPage();
  open.add(name);
}

export function keepSecret(value: unknown): void {
  turnPage();
  if (typeof value === 'string' && value.length >= SHORTEST && new Set(value).size >= LETTERS) seen.add(value);
}

function keepField(name: string, value: string): void {
  if (SECRET_FIELD.test(name) || (HANDLE_FIELD.test(name) && HANDLE.test(value))) keepSecret(value);
}

/** `name=value` of forms, queries and printed links; hidden fields of pages; fields of multipart forms. */
const PAIRS = [
  /\b(\w{1,40})=([^&\s"'<>;]+)/g,
  /name="(\w{1,40})" value="([^"]*)"/g,
  /name="(\w{1,40})"\r\n\r\n(.*)\r\n/g,
];
/** GraphQL, whose strings are written as in JSON. */
const STRINGS = /\b(\w{1,40})\s{0,9}:\s{0,9}("(?:[^"\\]|\\.)*")/g;

/** Whatever in this text looks like a secret of ours, or is called one. */
export function keepSecretsIn(text: string): void {
  for (const [token] of text.matchAll(TYPED)) keepSecret(token);
  for (const pattern of PAIRS)
    for (const [, name = '', value = ''] of text.matchAll(pattern)) {
      keepField(name, value);
      keepField(name, decode(value));
    }
  for (const [, name = '', quoted = ''] of text.matchAll(STRINGS)) {
    const value = parse(quoted);
    if (typeof value === 'string') keepField(name, value);
  }

  const within = [parse(text)];
  while (within.length > 0) {
    const json = within.pop();
    if (typeof json !== 'object' || json === null) continue;
    for (const [name, value] of Object.entries(json)) {
      if (typeof value !== 'string') within.push(value);
      else keepField(name, value);
      // An operation, with its own strings.
      if (name === 'query' && typeof value === 'string') keepSecretsIn(value);
    }
  }
}

/** The secrets in the header fields of a request or an answer. */
export function keepSecretsOf(headers: Headers): void {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(headers.get('Authorization') ?? '') ?? [];
  keepSecret(credentials);
  if (/^basic$/i.test(scheme)) {
    const [, secret = ''] = /^[^:]*:(.*)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? [];
    keepSecret(secret);
    keepSecret(decode(secret));
  }
  for (const cookie of [...headers.getSetCookie(), ...(headers.get('Cookie') ?? '').split('; ')])
    keepSecret(/^[^=]+=([^;]{20,})/.exec(cookie)?.[1]);
  keepSecretsIn(headers.get('Location') ?? '');
}

/** The secrets that stand in this text, as they are or as plain bytes in hex or Base64. */
export function secretsIn(text: string): string[] {
  turnPage();
  // A run of minutes has seen tens of thousands, and most processes write nothing: whoever waits for an answer must not wait for this.
  if (text.length < SHORTEST) return [];
  const found = new Set(text.match(TYPED) ?? []);
  const digests = new Set<string>();
  const byBeginning = new Map<string, [form: string, secret: string][]>();
  for (const secret of seen) {
    const digest = createHash('sha256').update(secret).digest();
    for (const encoding of ['hex', 'base64', 'base64url'] as const) digests.add(digest.toString(encoding));
    for (const form of formsOf(secret)) {
      const beginning = form.slice(0, SHORTEST);
      const alike = byBeginning.get(beginning);
      if (alike) alike.push([form, secret]);
      else byBeginning.set(beginning, [[form, secret]]);
    }
  }
  for (let at = 0; at <= text.length - SHORTEST; at++)
    for (const [form, secret] of byBeginning.get(text.slice(at, at + SHORTEST)) ?? [])
      if (text.startsWith(form, at)) found.add(secret);
  // Who presents the digest of a secret in its place presents what is stored, and gets nowhere.
  return [...found].filter((secret) => !digests.has(secret) && !open.has(secret));
}

function formsOf(given: string): Set<string> {
  const secret = given.toWellFormed();
  const bytes = Buffer.from(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return new Set([
    secret,
    inJson,
    // A row as text, and COPY.
    secret.replaceAll('\\', '\\\\').replaceAll('"', '""'),
    secret.replaceAll('\\', '\\\\'),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    base64,
    bytes.toString('base64url'),
  ]);
}

/** Throws if a secret that anybody used stands in clear where it must not. */
export function expectNoSecret(where: string, text: string): void {
  const found = secretsIn(text).map((secret) => secret.slice(0, 100));
  if (found.length > 0) throw new Error(`${found.length} secrets stand in ${where}: ${found.slice(0, 5).join(', ')}`);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
