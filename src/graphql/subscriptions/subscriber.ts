import type { GraphQLError } from 'graphql';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import type { AuditRow } from '../../store/audit/read.ts';
import { subscriberTooSlow, unauthenticated } from '../errors.ts';

/** A request to receive events. */
export interface Subscription {
  readonly token: AccessToken;
  /** The error that ends the subscription, given the current state of the token; undefined if it may continue. */
  refusal(token: AccessToken): GraphQLError | undefined;
  /** Whether the token may see the event. */
  wants(token: AccessToken, event: AuditRow): boolean;
  /** Aborts when the client disconnects. */
  readonly disconnected: AbortSignal;
}

/** An event, the current state of the token, and the time of the delivery. */
export interface SubscriptionEvent {
  readonly event: AuditRow;
  readonly token: AccessToken;
  readonly now: Date;
}

/** The last delivery says why the subscription ended. */
export type Delivery = SubscriptionEvent | { readonly end: GraphQLError };

export interface Subscriber {
  /** The token as of the last recheck. */
  readonly token: AccessToken;
  readonly deliveries: AsyncIterableIterator<Delivery>;
  /** Undefined: the token has expired or was revoked. */
  recheck(token: AccessToken | undefined): void;
  /** Whether the other subscribers should wait, because the queue of this one is nearly full. They wait only briefly. */
  isBackedUp(now: Date): boolean;
  offer(event: AuditRow): void;
  /** Drops the queued events and delivers the error. */
  end(error: GraphQLError): void;
}

/** Events that can wait to be read, and free places that must remain before more events are read from the trail. */
const MAX_QUEUED = 1000;
const MIN_FREE = 500;

/** Milliseconds for which the others wait: for a subscriber that reads slowly, and for one that does not read at all. */
const MAX_WAIT = 5000;
const MAX_IDLE = 1000;

/** `onEnd` is called once, when the subscription has ended for any reason. */
export function makeSubscriber(subscription: Subscription, clock: () => Date, onEnd: () => void): Subscriber {
  const { disconnected } = subscription;
  let { token } = subscription;
  let finalError: GraphQLError | undefined;
  let ended = false;
  let lastRead = 0;
  let lastFree = 0;
  let queue: ReadableStreamDefaultController<AuditRow> | undefined;
  const source: UnderlyingDefaultSource<AuditRow> = {
    start(controller) {
      queue = controller;
    },
  };
  const reader = new ReadableStream(source, new CountQueuingStrategy({ highWaterMark: MAX_QUEUED })).getReader();

  const stop = () => {
    if (ended) return;
    ended = true;
    disconnected.removeEventListener('abort', stop);
    onEnd();
    // Lets a pending `next()` return.
    void reader.cancel();
  };
  disconnected.addEventListener('abort', stop);

  const end = (error: GraphQLError) => {
    if (ended) return;
    finalError = error;
    stop();
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
        if (event && !ended) return { done: false, value: { event, token, now: clock() } };
        const error = finalError;
        finalError = undefined;
        return error ? { done: false, value: { end: error } } : { done: true, value: undefined };
      },
      async return() {
        stop();
        return { done: true, value: undefined };
      },
    },
    recheck(current) {
      const refusal = current ? subscription.refusal(current) : unauthenticated(true);
      if (refusal) end(refusal);
      else if (current) token = current;
    },
    isBackedUp(now) {
      const time = now.getTime();
      if ((queue?.desiredSize ?? 0) >= MIN_FREE) lastFree = time;
      return time > lastFree && time < Math.min(lastFree + MAX_WAIT, Math.max(lastFree, lastRead) + MAX_IDLE);
    },
    offer(event) {
      if (ended || !subscription.wants(token, event)) return;
      if ((queue?.desiredSize ?? 0) > 0) queue?.enqueue(event);
      else end(subscriberTooSlow());
    },
    end,
  };
}
