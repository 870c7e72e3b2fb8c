import type Koa from 'koa';
import type { Logger } from 'pino';
import type { OAuthRequest } from '../oauth/oauth-request.ts';
import type { Database } from '../store/connection/database.ts';
import type { BackchannelLogout } from './operations/backchannel-logout.ts';
import type { ConcurrencyLimit } from './operations/concurrency-limit.ts';
import type { Measurements } from './operations/metrics-registry.ts';

/** What one HTTP request carries: all that the floors below may ask for, and who answers its errors. */
export interface State extends OAuthRequest {
  readonly log: Logger;
  readonly backchannel: BackchannelLogout;
  /** Of which administrative changes have an entity manager. */
  readonly database: Database;
  readonly measurements: Measurements;
  readonly concurrency: ConcurrencyLimit;
  /** The path of the route table that answers, for measuring. */
  route: string;
  /** Pages are for people, the rest for programs. */
  errorFormat: 'page' | 'json';
}

export type HttpContext = Koa.ParameterizedContext<State>;
export type Handler = (ctx: HttpContext) => Promise<void> | void;
