import { DomainError } from '../../directory/error.ts';
import { isLoopback } from '../clients/loopback.ts';

const MAX_URIS = 20;
const MAX_LENGTH = 2000;

/** Printable ASCII without what parsers disagree about: what is compared byte for byte later must be the same everywhere. */
const SAFE = /^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/;
/** RFC 8252 §7.1: a private-use scheme is a domain name reversed, so it has a dot. */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/;

/** True for redirect URIs that anybody may register: one host behind TLS, or the person's own machine. */
export const isHttpsOrLoopback = (uri: string): boolean => uri.startsWith('https://') || isLoopback(uri);

/** RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1: kept as typed, or refused. */
export function readRedirectUris(uris: readonly string[], field = 'redirectUris'): string[] {
  if (uris.length > MAX_URIS) throw invalid(`A client has at most ${MAX_URIS} redirect URIs`, field);
  for (const uri of uris) {
    const fault = faultOf(uri);
    if (fault !== undefined) throw invalid(`${fault}: ${JSON.stringify(uri.slice(0, 200))}`, field);
  }
  return [...new Set(uris)];
}

function faultOf(uri: string): string | undefined {
  if (uri.length > MAX_LENGTH) return `A redirect URI has at most ${MAX_LENGTH} characters`;
  if (uri.includes('#')) return 'A redirect URI cannot have a fragment';
  if (uri.includes('*')) return 'A redirect URI is compared character by character: it cannot have a wildcard';
  if (!SAFE.test(uri)) return 'A redirect URI is plain ASCII without blanks, quotes, brackets and backslashes';
  const url = URL.parse(uri);
  if (!url) return 'A redirect URI must be absolute';
  if (PRIVATE_USE.test(uri)) return undefined;
  if (!isHttpsOrLoopback(uri))
    return 'A redirect URI is https, http on 127.0.0.1, [::1] or localhost, or a private-use scheme with a dot such as com.example.app:/callback';
  if (url.username !== '' || url.password !== '' || authority(uri).includes('@'))
    return 'A redirect URI cannot have a user name or a password';
  // What URL understands otherwise (`https:///evil`, `https://a%2eb`) another parser may understand in yet another way.
  if (url.host === '' || authority(uri) === '' || authority(uri).includes('%'))
    return 'A redirect URI must name its host';
  return undefined;
}

const authority = (uri: string): string => /^[a-z]+:\/\/([^/?]*)/.exec(uri)?.[1] ?? '';

/** RFC 7591 §2 client_uri: a web page, shown to people as a link. */
export function readClientUri(uri: string): string {
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

/** OpenID Connect Back-Channel Logout 1.0 §2.2: where this server itself calls, so a web address and nothing else. */
export function readBackchannelLogoutUri(uri: string): string {
  const fault = isHttpsOrLoopback(uri) ? faultOf(uri) : 'It must be https, or http on this machine';
  if (fault !== undefined) throw invalid(`backchannelLogoutUri: ${fault}`, 'backchannelLogoutUri');
  return uri;
}

/** RFC 8707 §2: an absolute URI without a fragment, kept as typed. */
export function readResourceUris(uris: readonly string[]): string[] {
  if (uris.length > MAX_URIS) throw invalid(`A client has at most ${MAX_URIS} resources`, 'resources');
  const wrong = uris.find(
    (uri) => uri.length > MAX_LENGTH || uri.includes('#') || !SAFE.test(uri) || !URL.canParse(uri),
  );
  if (wrong !== undefined)
    throw invalid(
      `A resource is an absolute URI without a fragment: ${JSON.stringify(wrong.slice(0, 200))}`,
      'resources',
    );
  return [...new Set(uris)];
}

const invalid = (message: string, field: string): DomainError => new DomainError('INVALID', message, [field]);
