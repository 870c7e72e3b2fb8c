import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { SigningKeys } from '../../oauth/keys/signing-keys.ts';
import { makeLogoutToken } from '../../oauth/openid/logout-token.ts';
import type { Sql } from '../../store/connection/sql.ts';
import { claimLogoutDeliveries, finishLogoutDelivery, type LogoutDelivery } from '../../store/logout-deliveries.ts';
import { postForm } from './outbound.ts';

/** Tells clients of sessions that have ended (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export interface BackchannelLogout {
  /** Whatever is due at `now`, in the background; failures are tried again at a later tick, by any node. */
  deliver(now: Date): void;
  /** Waits for what is under way, which is cut short. */
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: Sql;
  readonly config: Config;
  readonly signingKeys: SigningKeys;
  readonly log: Logger;
}

/** At least once: a client that answered to a node which then died is told again, and knows the session to be over. */
export function makeBackchannelLogout({ sql, config, signingKeys, log }: Parts): BackchannelLogout {
  const stopped = new AbortController();
  let underWay: Promise<void> = Promise.resolve();

  const tell = async (delivery: LogoutDelivery, now: Date): Promise<void> => {
    // The client has changed its mind since.
    if (delivery.uri === '') return finishLogoutDelivery(sql, delivery.id);
    const about = { client: delivery.client_id, attempt: delivery.attempts };
    try {
      const token = await makeLogoutToken(signingKeys, config.issuer, delivery, now);
      const status = await postForm(delivery.uri, { logout_token: token }, config.issuerIsLoopback, stopped.signal);
      if (status >= 200 && status < 300) return await finishLogoutDelivery(sql, delivery.id);
      log.warn({ ...about, status }, 'a client would not be told of a logout');
    } catch (error) {
      log.warn(
        { ...about, reason: error instanceof Error ? error.message : '' },
        'a client could not be told of a logout',
      );
    }
  };

  const run = async (now: Date): Promise<void> => {
    try {
      for (let due = await claimLogoutDeliveries(sql, now); due.length > 0; due = await claimLogoutDeliveries(sql, now))
        await Promise.all(due.map((delivery) => tell(delivery, now)));
    } catch (error) {
      log.warn({ err: error }, 'the logouts to tell clients of could not be read');
    }
  };

  return {
    deliver(now) {
      underWay = underWay.then(() => (stopped.signal.aborted ? undefined : run(now)));
    },
    async stop() {
      stopped.abort();
      await underWay;
    },
  };
}
