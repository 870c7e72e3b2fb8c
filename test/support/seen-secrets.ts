import { createHash } from 'node:crypto';
import { expect } from 'vitest';

/** All secrets, valid or not, that were sent, received or passed to a process since this test file began. */
const seen = new Set<string>();

/** Shorter or more uniform values are ignored, because they can occur anywhere and Gatehouse has no such secrets. */
const SHORTEST = 8;
const LETTERS = 5;

/** Access tokens, refresh tokens, codes and client secrets are recognised by their prefix. */
const TYPED = /(?:gat|grt|gac|gcs)_[0-9A-Za-z]{49}/g;

/** Names of fields with secrets, such as `currentPassword` or `client_secret`, and of fields that have one if the value looks random. */
const SECRET_FIELD = /(password|secret|token)$/i;
const HANDLE_FIELD = /^(code_verifier|csrf|request|ticket)$/;
const HANDLE = /^[\w.~-]{43,}$/;

/** Public names that a test also uses as a secret. */
const publicNames = new Set<string>();

/** A worker runs several test files, and a secret of one file can be a public name in another. */
let file: string | undefined;
function resetForNewFile(): void {
  // Benchmarks use this file without vitest.
  if (process.env.VITEST === undefined) return;
  const { testPath } = expect.getState();
  if (testPath === file) return;
  file = testPath;
  seen.clear();
  publicNames.clear();
}

export function keepName(name: string): void {
  resetForNewFile();
  publicNames.add(name);
}

export function keepSecret(value: unknown): void {
  resetForNewFile();
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
/** Strings in GraphQL documents, which are written as in JSON. */
const STRINGS = /\b(\w{1,40})\s{0,9}:\s{0,9}("(?:[^"\\]|\\.)*")/g;

/** Registers everything in the text that looks like a secret or has the name of one. */
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
      // A GraphQL document can contain strings with secrets.
      if (name === 'query' && typeof value === 'string') keepSecretsIn(value);
    }
  }
}

/** Registers the secrets in the headers of a request or a response. */
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

/** The registered secrets that occur in the text, in plain or encoded in hex or Base64. */
export function secretsIn(text: string): string[] {
  resetForNewFile();
  // Most processes write nothing. Long runs have tens of thousands of secrets, and the search would delay their requests.
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
  // Digests that a test sent as a secret are stored on purpose.
  return [...found].filter((secret) => !digests.has(secret) && !publicNames.has(secret));
}

function formsOf(given: string): Set<string> {
  const secret = given.toWellFormed();
  const bytes = Buffer.from(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return new Set([
    secret,
    inJson,
    // As in a row converted to text, and in COPY.
    secret.replaceAll('\\', '\\\\').replaceAll('"', '""'),
    secret.replaceAll('\\', '\\\\'),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    base64,
    bytes.toString('base64url'),
  ]);
}

/** Throws if the text contains a registered secret. */
export function expectNoSecret(where: string, text: string): void {
  const found = secretsIn(text).map((secret) => secret.slice(0, 100));
  if (found.length > 0) throw new Error(`${found.length} secrets found in ${where}: ${found.slice(0, 5).join(', ')}`);
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
