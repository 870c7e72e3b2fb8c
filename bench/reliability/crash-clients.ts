import { setTimeout as pause } from 'node:timers/promises';
import type { Nodes } from '../../test/support/nodes.ts';
import { exchange, refreshing } from '../../test/support/token-forms.ts';

/** Milliseconds after which a response counts as lost. */
const PATIENCE = 3000;
/** The share of requests in which the client closes the connection within so many milliseconds, and then retries. */
const HANGS_UP = { share: 0.05, within: 15 };
/**
 * Milliseconds. A request whose connection the client closed may still reach the server. If the client had refreshed again by then,
 * this would be a replay of an older token. So no client refreshes twice within this time.
 */
const LINGERS = 1500;
/** Milliseconds between two tries of one refresh. */
const BREATH = 20;
/** Refreshes of one token family. */
const LENGTH = 25;

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
  #held: (() => void) | undefined;
  #open = true;
  over = false;

  constructor(clients: number) {
    this.#clients = clients;
  }

  async pass(): Promise<void> {
    if (this.#open) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === this.#clients) this.#held?.();
    });
  }

  /** Resolves when every client waits and no request is in flight. */
  close(): Promise<void> {
    this.#open = false;
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  open(): void {
    this.#open = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** A client that exchanges one code after the other, each once, and then rotates the refresh token of each several times. */
export async function chain(first: number, nodes: Nodes, ledger: Ledger, gate: Gate): Promise<void> {
  let node = first;
  while (!gate.over) {
    await gate.pass();
    const code = await newCode(nodes, ++node, ledger);
    if (code === undefined) continue;
    const exchanged = await ask(nodes, node, exchange(code), PATIENCE);
    if (typeof exchanged !== 'object') {
      ledger.lostExchanges++;
      continue;
    }
    if (exchanged.status !== 200) {
      ledger.violations.push(`a code used once: ${exchanged.status} ${exchanged.body.error}`);
      continue;
    }
    ledger.codes++;
    ledger.access.push(exchanged.body.access_token);
    ledger.refresh.add(exchanged.body.refresh_token);

    let token: string | undefined = exchanged.body.refresh_token;
    for (let step = 0; token !== undefined && step < LENGTH; step++) {
      await gate.pass();
      if (gate.over) return;
      token = await refresh(nodes, ++node, token, ledger);
    }
  }
}

/** Retries on alternate nodes until there is a response, because a client cannot know whether an earlier try took effect. */
async function refresh(nodes: Nodes, first: number, token: string, ledger: Ledger): Promise<string | undefined> {
  const started = performance.now();
  let [unanswered, gaveUp] = [false, false];
  for (let node = first; ; node++) {
    const since = new Date();
    const hangsUp = node === first && Math.random() < HANGS_UP.share;
    const answer = await ask(nodes, node, refreshing(token), hangsUp ? Math.random() * HANGS_UP.within : PATIENCE);
    if (typeof answer === 'object') {
      const took = performance.now() - started;
      ledger.refresh.delete(token);
      if (unanswered) {
        ledger.retried.push({ token, since });
        ledger.longestRetry = Math.max(ledger.longestRetry, took);
      }
      const { status, body } = answer;
      if (status !== 200) {
        ledger.violations.push(
          `try ${node - first + 1} of a refresh, after ${Math.round(took)} ms: ${status} ${body.error}`,
        );
        return undefined;
      }
      ledger.refreshes++;
      ledger.access.push(body.access_token);
      ledger.refresh.add(body.refresh_token);
      if (gaveUp) await pause(LINGERS);
      return body.refresh_token;
    }
    unanswered ||= answer !== 'refused';
    gaveUp ||= answer === 'given up';
    await pause(BREATH);
  }
}

/** No complete response (or 503), the client closed the connection, or no connection could be made. */
type Silence = 'unanswered' | 'given up' | 'refused';

async function ask(nodes: Nodes, node: number, form: Record<string, string>, patience: number) {
  try {
    const answer = await nodes.post(node, '/oauth/token', form, AbortSignal.timeout(Math.ceil(patience)));
    return answer.status === 503 ? 'unanswered' : answer;
  } catch (error) {
    return silence(error);
  }
}

function silence(error: unknown): Silence {
  const code = String((error as { code?: unknown }).code);
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ABORT_ERR') return 'given up';
  if (/^(ECONN|EPIPE)/.test(code)) return 'unanswered';
  throw error;
}

async function newCode(nodes: Nodes, node: number, ledger: Ledger): Promise<string | undefined> {
  try {
    return (await nodes.newCode(node)) || undefined;
  } catch (error) {
    const busy = error instanceof Error && error.message.startsWith('Not sent anywhere: 503');
    // An error with a `code` is a network error: there was no response.
    if (!busy && error instanceof Error && !('code' in error)) ledger.violations.push(`no code: ${error.message}`);
    await pause(BREATH);
    return undefined;
  }
}
