import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { SigningKeys } from '../../oauth/keys/signing-keys.ts';
import { makeLogoutToken } from '../../oauth/openid/logout-token.ts';
import type { Sql } from '../../store/connection/sql.ts';
import { claimLogoutDeliveries, finishLogoutDelivery, type LogoutDelivery } from '../../store/logout-deliveries.ts';
import { isTimeout, postForm } from './outbound.ts';

/** Sends logout tokens to clients when a session ends (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export interface BackchannelLogout {
  /** Sends what is due, in the background. Any node retries a failure later. */
  deliver(): void;
  /** Aborts the requests in progress and waits for them to end. */
  stop(): Promise<void>;
}

interface Parts {
  readonly sql: Sql;
  readonly config: Config;
  readonly signingKeys: SigningKeys;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** Requests in progress, over all clients and to one client, so that a client that does not respond holds up no other. */
const AT_ONCE = 20;
const PER_CLIENT = 2;

/** Timeouts in a row after which a client is left alone for `pause` milliseconds. The next sweep then tries again. */
const UNRESPONSIVE = { timeouts: 3, pause: 60_000 } as const;

/** Delivers at least once. If a node crashes after a delivery, another repeats it, and the client ignores the ended session. */
export function makeBackchannelLogout({ sql, config, signingKeys, log, clock }: Parts): BackchannelLogout {
  const stopping = new AbortController();
  const sending = new Map<string, LogoutDelivery>();
  const timeouts = new Map<string, { count: number; at: number }>();
  const work = new Set<Promise<void>>();
  let claiming = false;
  let again = false;

  /** Returns false if no response came in time. */
  const send = async (delivery: LogoutDelivery): Promise<boolean> => {
    const context = { client: delivery.client_id, attempt: delivery.attempts };
    try {
      // The client has removed its URI since the delivery was queued.
      if (delivery.uri === '') {
        await finishLogoutDelivery(sql, delivery.id);
        return true;
      }
      const token = await makeLogoutToken(signingKeys, config.issuer, delivery, clock());
      const status = await postForm(delivery.uri, { logout_token: token }, config.issuerIsLoopback, stopping.signal);
      if (status >= 200 && status < 300) await finishLogoutDelivery(sql, delivery.id);
      else log.warn({ ...context, status }, 'back-channel logout rejected by client');
    } catch (error) {
      log.warn({ ...context, reason: error instanceof Error ? error.message : '' }, 'back-channel logout failed');
      return !isTimeout(error);
    }
    return true;
  };

  const deliverOne = async (delivery: LogoutDelivery): Promise<void> => {
    const { id, client_row_id: client } = delivery;
    sending.set(id, delivery);
    const responded = await send(delivery);
    sending.delete(id);
    if (responded) timeouts.delete(client);
    else timeouts.set(client, { count: (timeouts.get(client)?.count ?? 0) + 1, at: clock().getTime() });
    claim();
  };

  /** Clients, once for each request in progress; those that are left alone for now as often as there may be requests. */
  const busyClients = (now: Date): string[] => {
    const unresponsive = [...timeouts].filter(
      ([, { count, at }]) => count >= UNRESPONSIVE.timeouts && now.getTime() < at + UNRESPONSIVE.pause,
    );
    return [
      ...[...sending.values()].map(({ client_row_id }) => client_row_id),
      ...unresponsive.flatMap(([client]) => Array<string>(PER_CLIENT).fill(client)),
    ];
  };

  const claimWhatIsDue = async (): Promise<void> => {
    claiming = true;
    try {
      while (again && sending.size < AT_ONCE && !stopping.signal.aborted) {
        again = false;
        const now = clock();
        const limits = { total: AT_ONCE - sending.size, perClient: PER_CLIENT };
        for (const delivery of await claimLogoutDeliveries(sql, now, limits, busyClients(now)))
          track(deliverOne(delivery));
      }
    } catch (error) {
      log.warn({ err: error }, 'back-channel logouts could not be read from the database');
    } finally {
      claiming = false;
    }
  };

  const track = (promise: Promise<void>): void => {
    work.add(promise);
    void promise.finally(() => work.delete(promise));
  };

  /** One claim at a time, so that each knows the requests in progress. */
  function claim(): void {
    again = true;
    if (!claiming) track(claimWhatIsDue());
  }

  return {
    deliver: claim,
    async stop() {
      stopping.abort();
      while (work.size > 0) await Promise.all(work);
    },
  };
}
