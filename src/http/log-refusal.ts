import type { OAuthError } from '../oauth/error.ts';
import type { HttpContext } from './context.ts';

/** Codes, tokens and secrets that were sent in a parameter which an error quotes. */
const SECRETS = /g[a-z]{2}_[0-9A-Za-z]+/g;

/** Logs one line for a refused OAuth request, so that an operator finds it by the request id or the client. */
export function logRefusal({ state }: HttpContext, { code, message }: OAuthError): void {
  const { log, route, found, origin } = state;
  const description = message.replaceAll(SECRETS, '…');
  log.info({ error: code, description, client: found.clientId, route, requestId: origin.requestId }, 'request refused');
}
