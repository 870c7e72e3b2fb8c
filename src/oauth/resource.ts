import type { Client } from './clients/client.ts';
import { OAuthError } from './error.ts';
import type { Params } from './params.ts';

const MAX = 10;

/** This server as a whole, and its API: what every client may ask for. */
export const isOwnResource = (issuer: string, resource: string): boolean =>
  resource === issuer || resource === `${issuer}/graphql`;

/** RFC 8707 §2: the APIs that a token is asked for, byte for byte as they are known; none: no limit is asked for. */
export function parseResources(params: Params, client: Client, issuer: string): string[] {
  const resources = [...new Set((params.get('resource') ?? []).filter((value) => value !== ''))];
  if (resources.length > MAX || !resources.every((resource) => mayAskFor(client, issuer, resource)))
    throw new OAuthError('invalid_target', 'The resource is unknown, or not allowed to this client.');
  return resources;
}

const mayAskFor = (client: Client, issuer: string, resource: string): boolean =>
  isOwnResource(issuer, resource) || client.resources.includes(resource);

/** RFC 8707 §2.2: some of what was granted, or all of it; what the client may no longer ask for it no longer gets. */
export function narrowResources(
  params: Params,
  client: Client,
  issuer: string,
  granted: readonly string[],
): readonly string[] {
  const asked = parseResources(params, client, issuer);
  if (granted.length === 0) return asked;
  const left = (asked.length === 0 ? granted : asked).filter(
    (resource) => granted.includes(resource) && mayAskFor(client, issuer, resource),
  );
  // An empty list would mean no limit at all.
  if (left.length === 0 || left.length < asked.length)
    throw new OAuthError('invalid_target', 'The resource is not among those that were granted.');
  return left;
}

/** RFC 9068 §4: a token that was asked for one API is good for no other. */
export const isValidForResource = (resources: readonly string[], issuer: string, resource: string): boolean =>
  resources.length === 0 || resources.includes(issuer) || resources.includes(resource);
