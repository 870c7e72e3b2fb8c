import type { Logger } from 'pino';
import { type AccessToken, recheckTokens } from '../../oauth/tokens/bearer.ts';
import { followTrail, type TrailFollower } from '../../store/audit/follow.ts';
import type { Database } from '../../store/connection/database.ts';
import { AUDIT_CHANNEL } from '../../store/entities/audit-channel.ts';
import { tooManySubscriptions, unauthenticated, unavailable } from '../errors.ts';
import { makePollTimer } from './poll-timer.ts';
import { type Delivery, makeSubscriber, type Subscriber, type Subscription } from './subscriber.ts';

/** Live subscriptions there may be: of one token, of one person or service, of one process. */
const MAX = { token: 10, owner: 50, process: 1000 } as const;

/** Milliseconds between two looks at the tokens of all subscriptions: with the look itself, it is within a second. */
const INTERVAL = 800;

/** So many events are read by what was told of them; when there are more, the trail is read. */
const TOLD = 500;

interface Options {
  readonly database: Database;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** The live subscriptions of this process, and the one watch that is kept for all of them. */
export interface LiveEvents {
  subscribe(subscription: Subscription): Promise<AsyncIterableIterator<Delivery>>;
  /** Ends them all. */
  close(): Promise<void>;
}

export function makeLiveEvents({ database, log, clock }: Options): LiveEvents {
  const { sql, listen } = database;
  const subscribers = new Set<Subscriber>();
  const alarm = makePollTimer(INTERVAL);
  let told: string[] = [];
  /** Something may have been missed, or was not read to its end. */
  let behind = false;
  let ear: Promise<() => Promise<void>> | undefined;
  let beginning: Promise<void> | undefined;
  let watching: Promise<void> = Promise.resolve();
  let troubled = false;
  let closed = false;

  const trouble = (error: unknown) => {
    if (!troubled) log.warn({ err: error }, 'the subscriptions wait for the database');
    troubled = true;
  };

  const fallBehind = () => {
    behind = true;
    alarm.ring();
  };

  /** Where nothing can be heard, as behind a pooler that lends its connections by the transaction, the interval remains. */
  const prickUp = async () => {
    const heard = (id: string) => {
      told.push(id);
      alarm.ring();
    };
    const lost = (error: Error) => {
      ear = undefined;
      trouble(error);
    };
    try {
      ear ??= listen(AUDIT_CHANNEL, heard, lost);
      await ear;
      fallBehind();
    } catch (error) {
      lost(error as Error);
    }
  };

  /** First who may still hear, in one statement for all; then what there is to tell them, read once for all. */
  const look = async (trail: TrailFollower, inTime: boolean) => {
    const now = clock();
    if (!ear) void prickUp();
    for (const { token, end } of subscribers) if (token.expiresAt <= now) end(unauthenticated(true));
    const asked = [...subscribers];
    const ids = asked.map(({ token }) => token.id);
    const alive = await recheckTokens(sql, ids, now);
    for (const { token, recheck } of asked) recheck(alive.get(token.id));

    if ([...subscribers].some(({ crowded }) => crowded(now))) return fallBehind();
    const heard = told;
    const whole = behind || inTime || heard.length > TOLD;
    told = [];
    behind = false;
    const events = whole ? await trail.catchUp(now) : await trail.read(heard);
    for (const event of events) for (const { offer } of subscribers) offer(event);
    if (whole && events.length > 0) fallBehind();
  };

  const watch = async (trail: TrailFollower) => {
    let inTime = true;
    while (subscribers.size > 0) {
      try {
        await look(trail, inTime);
        troubled = false;
      } catch (error) {
        // Nobody is told anything while it fails, and nothing is lost: it is read when it can be.
        trouble(error);
        behind = true;
      }
      inTime = await alarm.wait();
    }
    beginning = undefined;
    const hearing = ear;
    ear = undefined;
    await (await hearing)?.();
  };

  const begin = async () => {
    try {
      await prickUp();
      const trail = await followTrail(sql, clock());
      watching = watch(trail).catch(trouble);
    } catch (error) {
      beginning = undefined;
      throw error;
    }
  };

  const admit = ({ id, user, client }: AccessToken) => {
    const tokens = [...subscribers].map(({ token }) => token);
    if (subscribers.size >= MAX.process) throw tooManySubscriptions('This server has', 503);
    if (tokens.filter((token) => token.id === id).length >= MAX.token)
      throw tooManySubscriptions('This token has', 429);
    const owner = user?.id ?? client.id;
    if (tokens.filter((token) => (token.user?.id ?? token.client.id) === owner).length >= MAX.owner)
      throw tooManySubscriptions(user ? 'This person has' : 'This client has', 429);
  };

  return {
    async subscribe(subscription) {
      if (closed) throw unavailable();
      admit(subscription.token);
      const subscriber = makeSubscriber(subscription, clock, () => subscribers.delete(subscriber));
      subscribers.add(subscriber);
      try {
        beginning ??= begin();
        await beginning;
      } catch (error) {
        await subscriber.deliveries.return?.();
        throw error;
      }
      return subscriber.deliveries;
    },
    async close() {
      closed = true;
      for (const { end } of subscribers) end(unavailable());
      alarm.ring();
      await beginning?.catch(() => {});
      await watching;
    },
  };
}
