import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics recorded while requests are handled. No label has a value that a caller can choose, so their number is bounded. */
export interface Measurements {
  readonly registry: Registry;
  /** `route`: a path of the route table, or `other`. */
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  countTokens(grant: string): void;
  /** A refresh token that was used again within its grace period. */
  countRepeatedRefresh(): void;
  countSignIn(outcome: 'success' | 'failure'): void;
  countRefusal(code: string): void;
  countShed(): void;
}

/** Upper bounds in seconds, from one indexed read to the longest wait. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

export function makeMeasurements(): Measurements {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'gatehouse_http_request_duration_seconds',
    help: 'Duration of requests, by route, method and status.',
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
  const repeated = new Counter({
    name: 'gatehouse_refresh_tokens_repeated_total',
    help: 'Refresh tokens used again within their grace period, which got the same tokens.',
    registers,
  });
  const signIns = new Counter({
    name: 'gatehouse_sign_ins_total',
    help: 'Sign-in attempts on the login page, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'gatehouse_refusals_total',
    help: 'Refused requests, by error code.',
    labelNames: ['code'],
    registers,
  });
  const shed = new Counter({
    name: 'gatehouse_requests_shed_total',
    help: 'Requests refused at once because too many were in progress.',
    registers,
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process in bytes.',
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
    countRepeatedRefresh: () => repeated.inc(),
    countSignIn: (outcome) => signIns.inc({ outcome }),
    countRefusal: (code) => refusals.inc({ code }),
    countShed: () => shed.inc(),
  };
}
