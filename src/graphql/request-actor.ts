import type { Actor } from '../directory/actor.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import type { Context } from './context.ts';
import { unauthenticated } from './errors.ts';

/** The token of a request that has passed a rule, and so has one. */
export function tokenOf({ token }: Context): AccessToken {
  if (!token) throw unauthenticated(false);
  return token;
}

/** Who does it, for the floors below. */
export function actorOf(context: Context): Actor {
  const { caller, sessionId } = tokenOf(context);
  return { caller, now: context.now, origin: context.origin, sessionId };
}
