import type Koa from 'koa';
import type { Logger } from 'pino';
import type { OAuthRequest } from '../oauth/oauth-request.ts';
import type { Database } from '../store/connection/database.ts';
import type { BackchannelLogout } from './operations/backchannel-logout.ts';
import type { ConcurrencyLimit } from './operations/concurrency-limit.ts';
import type { Measurements } from './operations/metrics-registry.ts';

/** The state of one HTTP request: what the OAuth code needs, plus what only the HTTP layer uses. */
export interface State extends OAuthRequest {
  readonly log: Logger;
  readonly backchannel: BackchannelLogout;
  /** Changes made on the account page create their entity manager from it. */
  readonly database: Database;
  readonly measurements: Measurements;
  readonly concurrency: ConcurrencyLimit;
  /** The matched path of the route table, used as a label of metrics. */
  route: string;
  /** Browsers get errors as a page, programs as JSON. */
  errorFormat: 'page' | 'json';
}

export type HttpContext = Koa.ParameterizedContext<State>;
export type Handler = (ctx: HttpContext) => Promise<void> | void;
