import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type HttpResponse, parseResponse } from './http.ts';

/** Milliseconds: a client does not wait longer for a response. */
const RESPONSE_TIMEOUT = 5000;

/** Every port refused the connection, so no server has seen the request. */
export class ConnectionRefused extends Error {}

interface Pending {
  resolve(response: HttpResponse): void;
  reject(error: Error): void;
}

/** One kept-alive HTTP/1.1 connection with one request at a time. A plain socket costs less CPU time than Node's HTTP client. */
export class Connection {
  readonly #socket: Socket;
  #received = '';
  #pending: Pending | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('end', () => this.#fail('the connection was closed'));
    socket.setTimeout(RESPONSE_TIMEOUT, () => {
      if (this.#pending) this.#fail(`no response within ${RESPONSE_TIMEOUT} ms`);
    });
  }

  /** Connects to the port with this number (modulo their count), or to the next one that accepts. Throws `ConnectionRefused`. */
  static async open(ports: readonly number[], first: number): Promise<Connection> {
    for (let offset = 0; offset < ports.length; offset++) {
      const port = ports[(first + offset) % ports.length]!;
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      try {
        await once(socket, 'connect');
        return new Connection(socket);
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ECONNREFUSED') throw error;
      }
    }
    throw new ConnectionRefused('every port refused the connection');
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 'open';
  }

  /** Rejects if the connection closes before the response is complete, or if it takes too long. */
  exchange(request: string): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.toString('latin1');
    const response = parseResponse(this.#received);
    if (!response) return;
    this.#received = '';
    const pending = this.#pending;
    this.#pending = undefined;
    if (/\r\nconnection: *close\r\n/i.test(response.text)) this.close();
    pending?.resolve(response);
  }

  #fail(reason: string): void {
    this.close();
    this.#pending?.reject(new Error(reason));
    this.#pending = undefined;
  }
}
