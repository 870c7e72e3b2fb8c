import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { Config } from '../config.ts';
import { Refusal } from '../store/connection/refusal.ts';

/** Milliseconds. Clients that send or read very slowly must not keep a connection for long. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5000,
  // The app checks the Host header itself, so that the refusal has the headers of every response.
  requireHostHeader: false,
} as const;
const SILENCE = 30_000;
const MAX_CONNECTIONS = 10_000;

/** Milliseconds that requests in progress may take after the server has stopped accepting new ones. */
const DRAIN = 7000;

const TICK = 20;

type Address = Pick<Config, 'host' | 'port' | 'keepAliveTimeout'>;

/** The variables that an error names. */
interface Names {
  readonly host: string;
  readonly port: string;
}

const notAnAddress = (where: string, { host }: Names): string =>
  `${where} is not an address of this machine. Set another ${host}. If you did not set it, your shell did: unset it.`;

const CANNOT_LISTEN: Record<string, (where: string, names: Names) => string> = {
  EADDRINUSE: (where, { port }) => `${where} is in use by another program. Stop that program or set another ${port}.`,
  EACCES: (where, { port }) => `This user may not listen on ${where}. Set a ${port} of 1024 or more.`,
  EADDRNOTAVAIL: notAnAddress,
  ENOTFOUND: notAnAddress,
};

/**
 * On Linux each worker opens its own socket on the port, and the kernel distributes the connections. On other systems the
 * primary process passes connections on; those would hang if their worker exits.
 */
const SHARED = { reusePort: cluster.isWorker && process.platform === 'linux' };

/** Opens the socket. The caller adds the request handler synchronously, before a request can arrive. */
export async function listen(
  { host, port, keepAliveTimeout }: Address,
  names: Names = { host: 'HOST', port: 'PORT' },
): Promise<Server> {
  const server = createServer({ ...LIMITS, keepAliveTimeout: keepAliveTimeout * 1000 });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = SILENCE;
  const where: ListenOptions = { host, port, ...SHARED };
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence = CANNOT_LISTEN[error.code ?? ''];
      reject(sentence ? new Refusal(sentence(`${host}:${port}`, names)) : error);
    });
    server.listen(where, resolve);
  });
  return server;
}

/** Once `stopping` is aborted, responses close their connection, so that no client sends a request on a connection that is being closed. */
export function serveRequests(
  server: Server,
  app: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  stopping: AbortSignal,
): void {
  const pending = new Set<ServerResponse>();
  const handle: RequestListener = (request, response) => {
    if (stopping.aborted) response.shouldKeepAlive = false;
    pending.add(response);
    response.once('close', () => pending.delete(response));
    void app(request, response);
  };
  server.on('request', handle);
  // RFC 9110 §10.1.1: unknown expectations may be ignored.
  server.on('checkExpectation', handle);
  stopping.addEventListener('abort', () => {
    for (const response of pending) response.shouldKeepAlive = false;
  });
}

/** Returns a free port, and throws a Refusal if `port` is in use. Sockets that share a port would not detect this. */
export async function freePort(address: Address): Promise<number> {
  const server = await listen(address);
  const found = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return found;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Stops accepting connections, closes idle ones and waits for requests in progress. False if some had to be cut off. */
export async function drain(server: Server): Promise<boolean> {
  let cut = false;
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  // Node.js has no event for a connection that becomes idle when its request ends.
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
