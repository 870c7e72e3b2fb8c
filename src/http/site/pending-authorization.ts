import { digest } from '../../crypto/secrets.ts';
import type { AuthorizationRequest, Recipient } from '../../oauth/authorize/authorization-request.ts';
import { PROMPTS } from '../../oauth/authorize/sign-in-request.ts';
import { findClientByRowId } from '../../oauth/clients/client.ts';
import { resolveRedirectUri } from '../../oauth/clients/redirect-uri.ts';
import { findPendingAuthorization } from '../../store/pending-authorizations.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../errors.ts';
import { browserSecret } from './session.ts';

/** A pending authorization request, read back for the browser that opened it. */
export interface Pending {
  readonly id: string;
  readonly handle: string;
  readonly requestedAt: Date;
  readonly recipient: Recipient;
  readonly request: AuthorizationRequest;
}

/**
 * Throws a 400 page for an unknown, expired or decided request, one of another browser, and one whose client has since been
 * disabled or has lost the redirect URI or a scope that was asked for.
 */
export async function readPending(ctx: HttpContext, handle: string): Promise<Pending> {
  const { sql, config, now } = ctx.state;
  const row = await findPendingAuthorization(sql, digest(handle), digest(browserSecret(ctx) ?? ''), now);
  const client = row && (await findClientByRowId(sql, config.issuer, row.client));
  const redirectUri = client && resolveRedirectUri(client, row.redirect_uri ?? undefined);
  if (!row || !client || redirectUri === undefined || !row.scopes.every((scope) => client.scopes.includes(scope)))
    throw new PageError(
      400,
      'This request is no longer open',
      'It was answered already, has expired, or was begun in another browser. Go back to the app and start again.',
    );
  return {
    id: row.id,
    handle,
    requestedAt: row.created_at,
    recipient: { client, redirectUri, sentRedirectUri: row.redirect_uri ?? undefined },
    request: {
      responseType: row.response_type,
      sentRedirectUri: row.redirect_uri ?? undefined,
      scopes: row.scopes,
      resources: row.resources,
      state: row.state ?? undefined,
      codeChallenge: row.code_challenge ?? undefined,
      nonce: row.nonce ?? undefined,
      signIn: {
        prompts: PROMPTS.filter((prompt) => row.prompts.includes(prompt)),
        loginHint: row.login_hint ?? undefined,
        authenticatedSince: row.authenticated_since ?? undefined,
        subject: row.subject ?? undefined,
      },
    },
  };
}
