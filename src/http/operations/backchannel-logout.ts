import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { SigningKeys } from '../../oauth/keys/signing-keys.ts';
import { makeLogoutToken } from '../../oauth/openid/logout-token.ts';
import type { Sql } from '../../store/connection/sql.ts';
import { claimLogoutDeliveries, finishLogoutDelivery, type LogoutDelivery } from '../../store/logout-deliveries.ts';
import { postForm } from './outbound.ts';

/** Sends logout tokens to clients when a session ends (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export interface BackchannelLogout {
  /** Sends what is due at `now`, in the background. Any node retries a failure later. */
  deliver(now: Date): void;
  /** Aborts the requests in progress and waits for them to end. */
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: Sql;
  readonly config: Config;
  readonly signingKeys: SigningKeys;
  readonly log: Logger;
}

/** Delivers at least once. If a node crashes after a delivery, another repeats it, and the client ignores the ended session. */
export function makeBackchannelLogout({ sql, config, signingKeys, log }: Parts): BackchannelLogout {
  const stopping = new AbortController();
  let inProgress: Promise<void> = Promise.resolve();

  const send = async (delivery: LogoutDelivery, now: Date): Promise<void> => {
    // The client has removed its URI since the delivery was queued.
    if (delivery.uri === '') return finishLogoutDelivery(sql, delivery.id);
    const context = { client: delivery.client_id, attempt: delivery.attempts };
    try {
      const token = await makeLogoutToken(signingKeys, config.issuer, delivery, now);
      const status = await postForm(delivery.uri, { logout_token: token }, config.issuerIsLoopback, stopping.signal);
      if (status >= 200 && status < 300) return await finishLogoutDelivery(sql, delivery.id);
      log.warn({ ...context, status }, 'back-channel logout rejected by client');
    } catch (error) {
      log.warn({ ...context, reason: error instanceof Error ? error.message : '' }, 'back-channel logout failed');
    }
  };

  const run = async (now: Date): Promise<void> => {
    try {
      for (let due = await claimLogoutDeliveries(sql, now); due.length > 0; due = await claimLogoutDeliveries(sql, now))
        await Promise.all(due.map((delivery) => send(delivery, now)));
    } catch (error) {
      log.warn({ err: error }, 'back-channel logouts could not be read from the database');
    }
  };

  return {
    deliver(now) {
      inProgress = inProgress.then(() => (stopping.signal.aborted ? undefined : run(now)));
    },
    async stop() {
      stopping.abort();
      await inProgress;
    },
  };
}
