import { randomUUIDv7 } from 'node:crypto';
import { digest, makeHandle } from '../../crypto/secrets.ts';
import type { AuthorizationRequest, Recipient } from '../../oauth/authorize/authorization-request.ts';
import type { NextStep } from '../../oauth/authorize/next-step.ts';
import { PROMPTS } from '../../oauth/authorize/sign-in-request.ts';
import { findClientByRowId } from '../../oauth/clients/client.ts';
import { resolveRedirectUri } from '../../oauth/clients/redirect-uri.ts';
import { secondsLater } from '../../oauth/lifetime.ts';
import { findPendingAuthorization, savePendingAuthorization } from '../../store/pending-authorizations.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { browserSecret, ensureBrowserSecret } from './session.ts';

/** Seconds that a user has to sign in and decide. */
const PENDING_TTL = 1800;

/** A pending authorization request, loaded for the browser that started it. */
export interface PendingAuthorization {
  readonly id: string;
  readonly handle: string;
  readonly requestedAt: Date;
  readonly recipient: Recipient;
  readonly request: AuthorizationRequest;
}

/** The URL of the page for this step. The consent page also handles `grant` and `refuse`. */
export const stepUrl = (step: NextStep['step'], handle: string): string =>
  `${step === 'sign-in' || step === 'switch-user' ? '/login' : '/consent'}?request=${encodeURIComponent(handle)}`;

/** Stores the request and returns its handle. Pages carry only the handle, so that a browser cannot alter the request. */
export async function savePending(
  ctx: HttpContext,
  { client }: Recipient,
  request: AuthorizationRequest,
): Promise<string> {
  const { sql, now } = ctx.state;
  const handle = makeHandle();
  const digests = { handle: digest(handle), browser: digest(ensureBrowserSecret(ctx)) };
  const pending = { id: randomUUIDv7(), clientRowId: client.id, requestedAt: now, request };
  await savePendingAuthorization(sql, pending, digests, secondsLater(now, PENDING_TTL));
  return handle;
}

/**
 * Throws a 400 page if the request is unknown, expired, decided or from another browser, or if its client has since been
 * disabled or is no longer registered for the redirect URI or a requested scope.
 */
export async function readPending(ctx: HttpContext, handle: string): Promise<PendingAuthorization> {
  const { sql, config, now } = ctx.state;
  const pending = await findPendingAuthorization(sql, digest(handle), digest(browserSecret(ctx) ?? ''), now);
  const client = pending && (await findClientByRowId(sql, config.issuer, pending.clientRowId));
  const redirectUri = client && resolveRedirectUri(client, pending.request.sentRedirectUri);
  if (
    !pending ||
    !client ||
    redirectUri === undefined ||
    !pending.request.scopes.every((scope) => client.scopes.includes(scope))
  )
    throw new PageError(
      400,
      'This request is no longer open',
      'It was already decided, has expired, or was started in another browser. Go back to the app and start again.',
    );
  const { id, requestedAt, request } = pending;
  const prompts = PROMPTS.filter((prompt) => request.prompts.includes(prompt));
  return { id, handle, requestedAt, recipient: { client, redirectUri }, request: { ...request, prompts } };
}
