import { DomainError } from '../../directory/error.ts';
import { isLoopback } from '../clients/loopback.ts';

const MAX_URIS = 20;
const MAX_LENGTH = 2000;

/** Printable ASCII without characters that URL parsers treat differently, because redirect URIs are compared byte for byte. */
const SAFE = /^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/;
/** RFC 8252 §7.1: a private-use scheme is a reversed domain name, so it contains a dot. */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/;

/** True for the redirect URIs that every user may register. */
export const isHttpsOrLoopback = (uri: string): boolean => uri.startsWith('https://') || isLoopback(uri);

/** RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1: the URIs exactly as given, without duplicates. Throws INVALID. */
export function parseRedirectUris(uris: readonly string[], field = 'redirectUris'): string[] {
  if (uris.length > MAX_URIS) throw invalid(`A client has at most ${MAX_URIS} redirect URIs`, field);
  for (const uri of uris) {
    const problem = redirectUriProblem(uri);
    if (problem !== undefined) throw invalid(`${problem}: ${JSON.stringify(uri.slice(0, 200))}`, field);
  }
  return [...new Set(uris)];
}

function redirectUriProblem(uri: string): string | undefined {
  if (uri.length > MAX_LENGTH) return `A redirect URI has at most ${MAX_LENGTH} characters`;
  if (uri.includes('#')) return 'A redirect URI cannot have a fragment';
  if (uri.includes('*')) return 'A redirect URI cannot have a wildcard, because it is compared character by character';
  if (!SAFE.test(uri))
    return 'A redirect URI must be ASCII without spaces, quotes, angle brackets, braces, backslashes';
  const url = URL.parse(uri);
  if (!url) return 'A redirect URI must be absolute';
  if (PRIVATE_USE.test(uri)) return undefined;
  if (!isHttpsOrLoopback(uri))
    return 'A redirect URI must be https, http on 127.0.0.1, [::1] or localhost, or use a private-use scheme with a dot, such as com.example.app:/callback';
  if (url.username !== '' || url.password !== '' || authority(uri).includes('@'))
    return 'A redirect URI cannot have a username or a password';
  // URL parsers disagree on the host of `https:///evil` and `https://a%2eb`.
  if (url.host === '' || authority(uri) === '' || authority(uri).includes('%'))
    return 'A redirect URI must name its host';
  return undefined;
}

const authority = (uri: string): string => /^[a-z]+:\/\/([^/?]*)/.exec(uri)?.[1] ?? '';

/** RFC 7591 §2 client_uri: must be a web address, because pages show it as a link. Throws INVALID. */
export function parseClientUri(uri: string): string {
  const url = URL.parse(uri);
  const web = url?.protocol === 'https:' || isLoopback(uri);
  if (
    !url ||
    !web ||
    !SAFE.test(uri.replaceAll('#', '')) ||
    uri.length > MAX_LENGTH ||
    url.username !== '' ||
    url.password !== ''
  )
    throw new DomainError('INVALID', 'The address of a client must be an https URL', ['clientUri']);
  return uri;
}

/** OpenID Connect Back-Channel Logout 1.0 §2.2: a web address to which this server sends requests. Throws INVALID. */
export function parseBackchannelLogoutUri(uri: string): string {
  const problem = isHttpsOrLoopback(uri) ? redirectUriProblem(uri) : 'It must be https, or http on a loopback address';
  if (problem !== undefined) throw invalid(`backchannelLogoutUri: ${problem}`, 'backchannelLogoutUri');
  return uri;
}

/** RFC 8707 §2: absolute URIs without a fragment, exactly as given. Throws INVALID. */
export function parseResourceUris(uris: readonly string[]): string[] {
  if (uris.length > MAX_URIS) throw invalid(`A client has at most ${MAX_URIS} resources`, 'resources');
  const malformed = uris.find(
    (uri) => uri.length > MAX_LENGTH || uri.includes('#') || !SAFE.test(uri) || !URL.canParse(uri),
  );
  if (malformed !== undefined)
    throw invalid(
      `A resource must be an absolute URI without a fragment: ${JSON.stringify(malformed.slice(0, 200))}`,
      'resources',
    );
  return [...new Set(uris)];
}

const invalid = (message: string, field: string): DomainError => new DomainError('INVALID', message, [field]);
