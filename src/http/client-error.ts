import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from '../config.ts';
import { securityHeaders } from './headers.ts';

const STATUS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Responds to connections whose data could not be parsed as HTTP (`clientError`). They never reach Koa. */
export function handleClientError(config: Config): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    const { _httpMessage: current } = socket as { _httpMessage?: ServerResponse };
    // A second response must not be written into one that has started.
    if (!socket.writable || current?.headersSent) return void socket.destroy();
    const status = STATUS[error.code ?? ''] ?? 400;
    const body = `${STATUS_CODES[status]}\n`;
    const headers = {
      ...securityHeaders(config),
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': body.length,
      Connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
  };
}
