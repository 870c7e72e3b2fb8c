import { createServer, type Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { Refusal } from './store/refusal.ts';

/** Milliseconds. Someone who sends or reads a byte a second must not hold a connection for long. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 5000,
  // The app demands it, and refuses with the headers of every answer.
  requireHostHeader: false,
} as const;
const SILENCE = 30_000;
const MAX_CONNECTIONS = 10_000;

/** How long requests under way may take to end once the server is told to stop. */
const DRAIN = 8000;

const CANNOT_LISTEN: Record<string, (where: string) => string> = {
  EADDRINUSE: (where) => `${where} is taken by another program. Stop that one, or set another PORT.`,
  EACCES: (where) => `This user may not listen on ${where}. Set a PORT of 1024 or more.`,
  EADDRNOTAVAIL: (where) => `${where} is no address of this machine. Set another HOST.`,
  ENOTFOUND: (where) => `${where} is no address of this machine. Set another HOST.`,
};

/** Opens the socket. Nobody answers yet: the caller adds the handler before anything else can run. */
export async function listen(host: string, port: number): Promise<Server> {
  const server = createServer(LIMITS);
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = SILENCE;
  const where: ListenOptions = { host, port };
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence = CANNOT_LISTEN[error.code ?? ''];
      reject(sentence ? new Refusal(sentence(`${host}:${port}`)) : error);
    });
    server.listen(where, resolve);
  });
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Takes no more, ends idle connections, and waits for requests under way; after DRAIN it cuts them off. */
export async function drain(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection falls idle only when its request has ended, and nobody else tells us when that is.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN);
  await ended;
  clearInterval(sweep);
  clearTimeout(cut);
}
