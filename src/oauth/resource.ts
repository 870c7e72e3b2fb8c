import type { Client } from './clients/client.ts';
import { OAuthError } from './error.ts';
import type { Params } from './params.ts';

const MAX_RESOURCES = 10;

/** True for the whole server and for its API, which every client may request. */
export const isOwnResource = (issuer: string, resource: string): boolean =>
  resource === issuer || resource === `${issuer}/graphql`;

/** What a consent to these resources is remembered for: each API of another server, and '' for this server. */
export function consentResources(issuer: string, resources: readonly string[]): readonly string[] {
  const foreign = resources.filter((resource) => !isOwnResource(issuer, resource));
  return foreign.length === resources.length && foreign.length > 0 ? foreign : ['', ...foreign];
}

/** RFC 8707 §2: validates the requested resources, which are compared exactly. Empty if the token is not to be limited. */
export function parseResources(params: Params, client: Client, issuer: string): string[] {
  const resources = [...new Set((params.get('resource') ?? []).filter((value) => value !== ''))];
  if (resources.length > MAX_RESOURCES || !resources.every((resource) => mayRequest(client, issuer, resource)))
    throw new OAuthError('invalid_target', 'The resource is unknown, or not allowed to this client.');
  return resources;
}

const mayRequest = (client: Client, issuer: string, resource: string): boolean =>
  isOwnResource(issuer, resource) || client.resources.includes(resource);

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
    (resource) => granted.includes(resource) && mayRequest(client, issuer, resource),
  );
  // An empty list would mean no limit at all.
  if (allowed.length === 0 || allowed.length < requested.length)
    throw new OAuthError('invalid_target', 'The resource is not among those that were granted.');
  return allowed;
}

/** RFC 9068 §4: true if a token with these resources is valid for `resource`. An unlimited token is valid for all. */
export const isValidForResource = (resources: readonly string[], issuer: string, resource: string): boolean =>
  resources.length === 0 || resources.includes(issuer) || resources.includes(resource);
