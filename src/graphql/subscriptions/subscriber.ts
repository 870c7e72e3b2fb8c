import type { GraphQLError } from 'graphql';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import type { AuditRow } from '../../store/audit/read.ts';
import { subscriberTooSlow, unauthenticated } from '../errors.ts';

/** What is asked for, and by whom. */
export interface Subscription {
  readonly token: AccessToken;
  /** Why it may not go on, as things stand for the token; undefined if it may. */
  refusal(token: AccessToken): GraphQLError | undefined;
  /** Whether the event is one of those that the token may see. */
  wants(token: AccessToken, event: AuditRow): boolean;
  /** Aborts when nobody reads any more. */
  readonly disconnected: AbortSignal;
}

/** An event, with the token as it stands and the moment it is handed over. */
export interface SubscriptionEvent {
  readonly event: AuditRow;
  readonly token: AccessToken;
  readonly now: Date;
}

/** The last there is says why there are no more. */
export type Delivery = SubscriptionEvent | { readonly end: GraphQLError };

export interface Subscriber {
  /** As it stood when it was last looked at. */
  readonly token: AccessToken;
  readonly deliveries: AsyncIterableIterator<Delivery>;
  /** Undefined: the token is dead. */
  recheck(token: AccessToken | undefined): void;
  /** Whether it should be waited for: there is not room for many events, but not for long. */
  crowded(now: Date): boolean;
  offer(event: AuditRow): void;
  /** What it has not read yet is not told any more, but why it ends. */
  end(why: GraphQLError): void;
}

/** Events that wait to be read; and those there is always room for, before more are read of the trail. */
const WAITING = 1000;
const ROOM = 500;

/** Milliseconds for which others wait for one who reads slowly, and for one who does not read at all. */
const PATIENCE = 5000;
const STANDSTILL = 1000;

/** `left` is called once, when it has ended or was left. */
export function makeSubscriber(subscription: Subscription, clock: () => Date, left: () => void): Subscriber {
  const { disconnected } = subscription;
  let { token } = subscription;
  let why: GraphQLError | undefined;
  let over = false;
  let lastRead = 0;
  let roomLast = 0;
  let box: ReadableStreamDefaultController<AuditRow> | undefined;
  const source: UnderlyingDefaultSource<AuditRow> = {
    start(controller) {
      box = controller;
    },
  };
  const reader = new ReadableStream(source, new CountQueuingStrategy({ highWaterMark: WAITING })).getReader();

  const leave = () => {
    if (over) return;
    over = true;
    disconnected.removeEventListener('abort', leave);
    left();
    // Whoever waits is told that there is nothing more.
    void reader.cancel();
  };
  disconnected.addEventListener('abort', leave);

  const end = (error: GraphQLError) => {
    if (over) return;
    why = error;
    leave();
  };
  return {
    get token() {
      return token;
    },
    deliveries: {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        const { value: event } = await reader.read();
        lastRead = clock().getTime();
        if (event && !over) return { done: false, value: { event, token, now: clock() } };
        const last = why;
        why = undefined;
        return last ? { done: false, value: { end: last } } : { done: true, value: undefined };
      },
      async return() {
        leave();
        return { done: true, value: undefined };
      },
    },
    recheck(found) {
      const refusal = found ? subscription.refusal(found) : unauthenticated(true);
      if (refusal) end(refusal);
      else if (found) token = found;
    },
    crowded(now) {
      const moment = now.getTime();
      if ((box?.desiredSize ?? 0) >= ROOM) roomLast = moment;
      return moment > roomLast && moment < Math.min(roomLast + PATIENCE, Math.max(roomLast, lastRead) + STANDSTILL);
    },
    offer(event) {
      if (over || !subscription.wants(token, event)) return;
      if ((box?.desiredSize ?? 0) > 0) box?.enqueue(event);
      else end(subscriberTooSlow());
    },
    end,
  };
}
