import { setTimeout as pause } from 'node:timers/promises';
import type { Nodes } from '../../test/support/nodes.ts';
import { exchange, refreshing } from '../../test/support/token-forms.ts';

/** Milliseconds after which a response counts as lost. */
const RESPONSE_TIMEOUT = 3000;
/** The share of requests in which the client closes the connection within so many milliseconds, and then retries. */
const DISCONNECTS = { share: 0.05, within: 15 };
/**
 * Milliseconds. A request whose connection the client closed may still reach the server. If the client had refreshed again by then,
 * this would be a replay of an older token. So no client refreshes twice within this time.
 */
const IN_FLIGHT = 1500;
/** Milliseconds between two tries of one refresh. */
const RETRY_DELAY = 20;
/** Refreshes of one token family. */
const REFRESHES = 25;

/** The tokens that clients received in complete responses, and everything that went wrong. */
export class Ledger {
  /** Every access token that a client received. */
  readonly access: string[] = [];
  /** Refresh tokens that a client received and has not rotated yet. */
  readonly refresh = new Set<string>();
  readonly violations: string[] = [];
  codes = 0;
  refreshes = 0;
  /** Code exchanges without a response. They are not retried, because a code may be sent only once. */
  lostExchanges = 0;
  /** Refreshes whose first try got no response, and when the successful try began. */
  readonly retried: { readonly token: string; readonly since: Date }[] = [];
  /** Milliseconds from the first try of such a refresh to its response. */
  longestRetry = 0;
}

/** Pauses all clients between two requests, so that the database can be checked. */
export class Gate {
  readonly #clients: number;
  #waiting: (() => void)[] = [];
  #onAllWaiting: (() => void) | undefined;
  #open = true;
  ended = false;

  constructor(clients: number) {
    this.#clients = clients;
  }

  async pass(): Promise<void> {
    if (this.#open) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === this.#clients) this.#onAllWaiting?.();
    });
  }

  /** Resolves when every client waits and no request is in flight. */
  close(): Promise<void> {
    this.#open = false;
    return new Promise((resolve) => {
      this.#onAllWaiting = resolve;
    });
  }

  open(): void {
    this.#open = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** A client that exchanges one code after the other, each once, and then rotates the refresh token of each several times. */
export async function runClient(first: number, nodes: Nodes, ledger: Ledger, gate: Gate): Promise<void> {
  let node = first;
  while (!gate.ended) {
    await gate.pass();
    const code = await newCode(nodes, ++node, ledger);
    if (code === undefined) continue;
    const exchanged = await post(nodes, node, exchange(code), RESPONSE_TIMEOUT);
    if (typeof exchanged !== 'object') {
      ledger.lostExchanges++;
      continue;
    }
    if (exchanged.status !== 200) {
      ledger.violations.push(`first use of a code: ${exchanged.status} ${exchanged.body.error}`);
      continue;
    }
    ledger.codes++;
    ledger.access.push(exchanged.body.access_token);
    ledger.refresh.add(exchanged.body.refresh_token);

    let token: string | undefined = exchanged.body.refresh_token;
    for (let step = 0; token !== undefined && step < REFRESHES; step++) {
      await gate.pass();
      if (gate.ended) return;
      token = await refresh(nodes, ++node, token, ledger);
    }
  }
}

/** Retries on alternate nodes until there is a response, because a client cannot know whether an earlier try took effect. */
async function refresh(nodes: Nodes, first: number, token: string, ledger: Ledger): Promise<string | undefined> {
  const started = performance.now();
  let [withoutResponse, disconnected] = [false, false];
  for (let node = first; ; node++) {
    const since = new Date();
    const disconnects = node === first && Math.random() < DISCONNECTS.share;
    const response = await post(
      nodes,
      node,
      refreshing(token),
      disconnects ? Math.random() * DISCONNECTS.within : RESPONSE_TIMEOUT,
    );
    if (typeof response === 'object') {
      const took = performance.now() - started;
      ledger.refresh.delete(token);
      if (withoutResponse) {
        ledger.retried.push({ token, since });
        ledger.longestRetry = Math.max(ledger.longestRetry, took);
      }
      const { status, body } = response;
      if (status !== 200) {
        ledger.violations.push(
          `try ${node - first + 1} of a refresh, after ${Math.round(took)} ms: ${status} ${body.error}`,
        );
        return undefined;
      }
      ledger.refreshes++;
      ledger.access.push(body.access_token);
      ledger.refresh.add(body.refresh_token);
      if (disconnected) await pause(IN_FLIGHT);
      return body.refresh_token;
    }
    withoutResponse ||= response !== 'refused';
    disconnected ||= response === 'disconnected';
    await pause(RETRY_DELAY);
  }
}

/** No complete response (or 503), the client closed the connection, or no connection could be made. */
type NoResponse = 'no response' | 'disconnected' | 'refused';

async function post(nodes: Nodes, node: number, form: Record<string, string>, timeout: number) {
  try {
    const response = await nodes.post(node, '/oauth/token', form, AbortSignal.timeout(Math.ceil(timeout)));
    return response.status === 503 ? 'no response' : response;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): NoResponse {
  const code = String((error as { code?: unknown }).code);
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ABORT_ERR') return 'disconnected';
  if (/^(ECONN|EPIPE)/.test(code)) return 'no response';
  throw error;
}

async function newCode(nodes: Nodes, node: number, ledger: Ledger): Promise<string | undefined> {
  try {
    return (await nodes.newCode(node)) || undefined;
  } catch (error) {
    const busy = error instanceof Error && error.message.startsWith('Not sent anywhere: 503');
    // An error with a `code` is a network error: there was no response.
    if (!busy && error instanceof Error && !('code' in error)) ledger.violations.push(`no code: ${error.message}`);
    await pause(RETRY_DELAY);
    return undefined;
  }
}
