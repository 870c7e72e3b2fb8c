import type { Client } from './clients/client.ts';
import { OAuthError, quoted } from './error.ts';
import type { Params } from './params.ts';

const MAX_RESOURCES = 10;

/** The whole server and its API, which every client may request. */
const ownResources = (issuer: string): string[] => [issuer, `${issuer}/graphql`];

export const isOwnResource = (issuer: string, resource: string): boolean => ownResources(issuer).includes(resource);

/** The resources as a consent to them is stored: the URI of each API of another server, and '' for this server. */
export function consentResources(issuer: string, resources: readonly string[]): readonly string[] {
  const foreign = resources.filter((resource) => !isOwnResource(issuer, resource));
  return foreign.length === resources.length && foreign.length > 0 ? foreign : ['', ...foreign];
}

/** RFC 8707 §2: the requested resources, spelled as they are registered. Empty if the token is not to be limited. */
export function parseResources(params: Params, client: Client, issuer: string): string[] {
  const requested = (params.get('resource') ?? []).filter((value) => value !== '');
  const resources = new Set(requested.map((resource) => registeredResource(client, issuer, resource)));
  if (resources.size > MAX_RESOURCES)
    throw new OAuthError('invalid_target', `At most ${MAX_RESOURCES} resources can be requested at once.`);
  return [...resources];
}

function registeredResource(client: Client, issuer: string, requested: string): string {
  const known = [...ownResources(issuer), ...client.resources];
  const same = normalized(requested);
  const registered = known.includes(requested) ? requested : known.find((resource) => normalized(resource) === same);
  if (registered === undefined)
    throw new OAuthError(
      'invalid_target',
      `The resource ${quoted(requested)} is unknown, or not allowed for this client.`,
    );
  return registered;
}

const DEFAULT_PORT = { http: ':80', https: ':443' };
const WEB_URL = /^(https?):\/\/([^/?#@]*)(.*)$/is;

/**
 * RFC 3986 §6.2.2.1, §6.2.3: scheme and host have no case, the default port is optional, and an empty path is `/`. Many clients
 * send what a URL parser made of the registered URI. The rest is compared exactly.
 */
function normalized(resource: string): string {
  const [, scheme = '', authority = '', rest = ''] = WEB_URL.exec(resource) ?? [];
  if (scheme === '') return resource;
  const name = scheme.toLowerCase() === 'https' ? 'https' : 'http';
  const host = authority.toLowerCase();
  const port = DEFAULT_PORT[name];
  const hostAndPort = host.endsWith(port) ? host.slice(0, -port.length) : host;
  return `${name}://${hostAndPort}${rest.startsWith('/') ? rest : `/${rest}`}`;
}

/**
 * RFC 8707 §2.2: the requested part of the granted resources, or all of them, if the client may still request them. If none was
 * granted, only this server can be requested, because the user has not seen another one.
 */
export function narrowResources(
  params: Params,
  client: Client,
  issuer: string,
  granted: readonly string[],
): readonly string[] {
  const requested = parseResources(params, client, issuer);
  if (granted.length === 0 && requested.every((resource) => isOwnResource(issuer, resource))) return requested;
  const allowed = (requested.length === 0 ? granted : requested).filter(
    (resource) =>
      granted.includes(resource) && (isOwnResource(issuer, resource) || client.resources.includes(resource)),
  );
  // An empty list would mean no limit at all.
  if (allowed.length === 0 || allowed.length < requested.length)
    throw new OAuthError('invalid_target', 'The resource is not among those that were granted.');
  return allowed;
}

/** RFC 9068 §4: true if a token with these resources is valid for `resource`. An unlimited token is valid for all. */
export const isValidForResource = (resources: readonly string[], issuer: string, resource: string): boolean =>
  resources.length === 0 || resources.includes(issuer) || resources.includes(resource);
