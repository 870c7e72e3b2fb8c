import type { Actor } from '../directory/actor.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import type { Context } from './context.ts';
import { unauthenticated } from './errors.ts';

/** The token of the request. A request that passed an access rule always has one. */
export function tokenOf({ token }: Context): AccessToken {
  if (!token) throw unauthenticated(false);
  return token;
}

/** The actor that `directory` and `oauth` functions record and check. */
export function actorOf(context: Context): Actor {
  const { caller, sessionId, authorizationId } = tokenOf(context);
  const { host, hostname } = new URL(context.config.issuer);
  const instanceNames = ['Gatehouse', host, hostname];
  return { caller, now: context.now, origin: context.origin, sessionId, authorizationId, instanceNames };
}
