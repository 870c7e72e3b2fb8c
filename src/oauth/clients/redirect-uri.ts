import { type Client, isPublic } from './client.ts';
import { isLocalhost, isLoopbackAddress, withoutLocalhostPort, withoutLoopbackPort } from './loopback.ts';

/** RFC 9700 §2.1, RFC 8252 §7.3: compared exactly, except for the port of a loopback address. */
export function isRegistered(client: Client, uri: string): boolean {
  if (client.redirectUris.includes(uri)) return true;
  if (isLoopbackAddress(uri))
    return client.redirectUris.some((registered) => withoutLoopbackPort(registered) === withoutLoopbackPort(uri));
  return isPublic(client) && isLocalhost(uri) && isRegisteredWithAnotherPort(client, uri);
}

/**
 * RFC 8252 §8.3 recommends the addresses, because `localhost` could name another machine. Command-line tools and MCP clients
 * nevertheless use it with a free port. So any port is accepted if the URI was registered without a port or the client is
 * native.
 */
const isRegisteredWithAnotherPort = ({ applicationType, redirectUris }: Client, uri: string): boolean =>
  redirectUris.some((registered) => {
    const withoutPort = withoutLocalhostPort(registered);
    return withoutPort === withoutLocalhostPort(uri) && (applicationType === 'native' || withoutPort === registered);
  });

/** RFC 6749 §3.1.2.3: the URI to redirect to. If it is undefined, show the error to the user instead of redirecting. */
export function resolveRedirectUri(client: Client, sent: string | undefined): string | undefined {
  if (sent !== undefined) return isRegistered(client, sent) ? sent : undefined;
  return client.redirectUris.length === 1 ? client.redirectUris[0] : undefined;
}

/** Appends the response parameters to the registered URI without parsing it, because a URL parser could rewrite it. */
export function addResponseParameters(
  uri: string,
  separator: '?' | '#',
  parameters: Record<string, string | undefined>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.append(name, value);
  const joint = separator === '?' && uri.includes('?') ? (/[?&]$/.test(uri) ? '' : '&') : separator;
  return `${uri}${joint}${query}`;
}
