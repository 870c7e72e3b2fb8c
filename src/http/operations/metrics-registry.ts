import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted while requests are answered. No label takes a value that a caller chooses. */
export interface Measurements {
  readonly registry: Registry;
  /** A path of the route table, or `other`. */
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  countTokens(grant: string): void;
  countSignIn(outcome: 'success' | 'failure'): void;
  countRefusal(code: string): void;
  countShed(): void;
}

/** Seconds: from an indexed read to what nobody waits for. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

export function makeMeasurements(): Measurements {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'gatehouse_http_request_duration_seconds',
    help: 'Requests by route, method and status, and how long they took.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const tokens = new Counter({
    name: 'gatehouse_tokens_issued_total',
    help: 'Successful token requests by grant.',
    labelNames: ['grant'],
    registers,
  });
  const signIns = new Counter({
    name: 'gatehouse_sign_ins_total',
    help: 'Attempts to sign in on the page, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'gatehouse_refusals_total',
    help: 'Requests that were refused, by the code that said why.',
    labelNames: ['code'],
    registers,
  });
  const shed = new Counter({
    name: 'gatehouse_requests_shed_total',
    help: 'Requests that were refused before any work because too many were under way.',
    registers,
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    registry,
    observeRequest: (route, method, status, seconds) =>
      requests.observe({ route, method: METHODS.has(method) ? method : 'other', status }, seconds),
    countTokens: (grant) => tokens.inc({ grant }),
    countSignIn: (outcome) => signIns.inc({ outcome }),
    countRefusal: (code) => refusals.inc({ code }),
    countShed: () => shed.inc(),
  };
}
