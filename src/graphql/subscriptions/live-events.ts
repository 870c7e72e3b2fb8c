import type { Logger } from 'pino';
import { type AccessToken, recheckTokens } from '../../oauth/tokens/bearer.ts';
import { followTrail, type TrailFollower } from '../../store/audit/follow.ts';
import type { Database } from '../../store/connection/database.ts';
import { tooManySubscriptions, unauthenticated, unavailable } from '../errors.ts';
import { makeEventFeed } from './event-feed.ts';
import { makePollTimer } from './poll-timer.ts';
import { type Delivery, makeSubscriber, type Subscriber, type Subscription } from './subscriber.ts';

/** Live subscriptions per token, per user or service, and per process. */
const MAX = { token: 10, owner: 50, process: 1000 } as const;

/** Milliseconds between two polls. It is short enough that the subscriptions of a revoked token end within a second. */
const INTERVAL = 800;

interface Options {
  readonly database: Database;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** The live subscriptions of this process. One poll loop serves all of them; it runs only while there are any. */
export interface LiveEvents {
  subscribe(subscription: Subscription): Promise<AsyncIterableIterator<Delivery>>;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

export function makeLiveEvents({ database: { sql, notices }, log, clock }: Options): LiveEvents {
  const subscribers = new Set<Subscriber>();
  const timer = makePollTimer(INTERVAL);
  let started: Promise<void> | undefined;
  let polling: Promise<void> = Promise.resolve();
  let databaseDown = false;
  let closed = false;

  const reportFailure = (error: unknown) => {
    if (!databaseDown) log.warn({ err: error }, 'subscriptions wait: database unavailable');
    databaseDown = true;
  };
  const feed = makeEventFeed(notices, timer, reportFailure);

  /** Ends subscriptions whose token is no longer valid. One statement checks all tokens. */
  const recheckSubscribers = async (now: Date) => {
    for (const { token, end } of subscribers) if (token.expiresAt <= now) end(unauthenticated(true));
    const checked = [...subscribers];
    const ids = checked.map(({ token }) => token.id);
    const valid = await recheckTokens(sql, ids, now);
    for (const { token, recheck } of checked) recheck(valid.get(token.id));
  };

  /**
   * Check the tokens first, so that no event reaches a subscriber that has lost access. The events are read once for all
   * subscribers.
   */
  const poll = async (trail: TrailFollower, intervalElapsed: boolean) => {
    const now = clock();
    void feed.startListening();
    await recheckSubscribers(now);
    if ([...subscribers].some(({ isBackedUp }) => isBackedUp(now))) return feed.requestCatchUp();
    const events = await feed.read(trail, now, intervalElapsed);
    for (const event of events) for (const { offer } of subscribers) offer(event);
  };

  const pollWhileSubscribed = async (trail: TrailFollower) => {
    let intervalElapsed = true;
    while (subscribers.size > 0) {
      try {
        await poll(trail, intervalElapsed);
        databaseDown = false;
      } catch (error) {
        // No event is lost: the next successful poll reads what this one could not.
        reportFailure(error);
      }
      intervalElapsed = await timer.wait();
    }
    started = undefined;
    await feed.stop();
  };

  const start = async () => {
    try {
      await feed.startListening();
      const trail = await followTrail(sql, clock());
      polling = pollWhileSubscribed(trail).catch(reportFailure);
    } catch (error) {
      started = undefined;
      throw error;
    }
  };

  return {
    async subscribe(subscription) {
      if (closed) throw unavailable();
      checkLimits(
        [...subscribers].map(({ token }) => token),
        subscription.token,
      );
      const subscriber = makeSubscriber(subscription, clock, () => subscribers.delete(subscriber));
      subscribers.add(subscriber);
      try {
        started ??= start();
        await started;
      } catch (error) {
        await subscriber.deliveries.return?.();
        throw error;
      }
      return subscriber.deliveries;
    },
    async close() {
      closed = true;
      for (const { end } of subscribers) end(unavailable());
      timer.wake();
      await started?.catch(() => {});
      await polling;
    },
  };
}

const ownerOf = ({ user, client }: AccessToken): string => user?.id ?? client.id;

/** Throws if one more subscription of this token would exceed a limit. */
function checkLimits(subscribed: readonly AccessToken[], token: AccessToken): void {
  const countWhere = (matches: (other: AccessToken) => boolean) => subscribed.filter(matches).length;
  if (subscribed.length >= MAX.process) throw tooManySubscriptions('This server has', 503);
  if (countWhere(({ id }) => id === token.id) >= MAX.token) throw tooManySubscriptions('This token has', 429);
  if (countWhere((other) => ownerOf(other) === ownerOf(token)) >= MAX.owner)
    throw tooManySubscriptions(token.user ? 'This user has' : 'This client has', 429);
}
