import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { Config } from '../config.ts';
import { Refusal } from '../store/connection/refusal.ts';

/** Milliseconds. Someone who sends or reads a byte a second must not hold a connection for long. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5000,
  // The app demands it, and refuses with the headers of every answer.
  requireHostHeader: false,
} as const;
const SILENCE = 30_000;
const MAX_CONNECTIONS = 10_000;

/** Milliseconds that requests in progress may take once the server accepts no more. */
const DRAIN = 7000;

const TICK = 20;

type Address = Pick<Config, 'host' | 'port' | 'keepAliveTimeout'>;

const CANNOT_LISTEN: Record<string, (where: string) => string> = {
  EADDRINUSE: (where) => `${where} is taken by another program. Stop that one, or set another PORT.`,
  EACCES: (where) => `This user may not listen on ${where}. Set a PORT of 1024 or more.`,
  EADDRNOTAVAIL: (where) => `${where} is no address of this machine. Set another HOST.`,
  ENOTFOUND: (where) => `${where} is no address of this machine. Set another HOST.`,
};

/**
 * Workers each have a socket of their own at the same port, and the kernel spreads the connections: handed on by another
 * process, those of a worker that dies would hang. Elsewhere they are handed on.
 */
const SHARED = { reusePort: cluster.isWorker && process.platform === 'linux' };

/** Opens the socket. Nobody answers yet: the caller adds the handler before anything else can run. */
export async function listen({ host, port, keepAliveTimeout }: Address): Promise<Server> {
  const server = createServer({ ...LIMITS, keepAliveTimeout: keepAliveTimeout * 1000 });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = SILENCE;
  const where: ListenOptions = { host, port, ...SHARED };
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence = CANNOT_LISTEN[error.code ?? ''];
      reject(sentence ? new Refusal(sentence(`${host}:${port}`)) : error);
    });
    server.listen(where, resolve);
  });
  return server;
}

/** Once `stopping` is aborted each answer asks for its connection to be closed: no request is then sent into one that is. */
export function serveRequests(
  server: Server,
  app: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  stopping: AbortSignal,
): void {
  const unanswered = new Set<ServerResponse>();
  const handle: RequestListener = (request, response) => {
    if (stopping.aborted) response.shouldKeepAlive = false;
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
    void app(request, response);
  };
  server.on('request', handle);
  // RFC 9110 §10.1.1: an expectation that nobody here knows may be passed over.
  server.on('checkExpectation', handle);
  stopping.addEventListener('abort', () => {
    for (const response of unanswered) response.shouldKeepAlive = false;
  });
}

/** A port that is free at this moment, or the refusal of one that is not: sockets that share a port would not be refused. */
export async function freePort(address: Address): Promise<number> {
  const server = await listen(address);
  const found = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return found;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Accepts no more, closes idle connections and waits for requests in progress. False if some had to be cut off. */
export async function drain(server: Server): Promise<boolean> {
  let cut = false;
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection falls idle only when its request has ended, and nobody else tells us when that is.
  const sweep = setInterval(() => server.closeIdleConnections(), TICK);
  const deadline = setTimeout(() => {
    cut = true;
    server.closeAllConnections();
  }, DRAIN);
  await ended;
  clearInterval(sweep);
  clearTimeout(deadline);
  return !cut;
}
