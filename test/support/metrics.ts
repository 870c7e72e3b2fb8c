import type { TestServer } from './server.ts';

/** The token of servers whose metrics a test reads. */
export const METRICS_TOKEN = 'token-of-the-scraper';

/** Sends GET /metrics with the token. */
export const scrape = (server: TestServer): Promise<Response> =>
  server.request('/metrics', { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
