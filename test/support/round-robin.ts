import { createServer, type RequestListener, request } from 'node:http';
import { inject } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { StartOptions } from '../../src/process/prepare.ts';
import { type Gatehouse, startGatehouse } from '../../src/process/serve.ts';
import { freePort } from './postgres.ts';

const NODES = 3;

/**
 * On PostgreSQL three nodes behind one address, each request to the next of them: what one of them knows, all must. On the
 * embedded database, which belongs to one, that one.
 */
export async function startRoundRobin(given: Config, options: StartOptions): Promise<Gatehouse> {
  if (inject('databases').kind === 'pglite') return startGatehouse(given, options);
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const config = { ...given, port: 0, issuer };
  const nodes: Gatehouse[] = [];
  // One by one: each makes the set-up link of the one before void.
  while (nodes.length < NODES) nodes.push(await startGatehouse(config, options));
  const proxy = createServer(inTurn(nodes.map(({ url }) => Number(new URL(url).port))));
  await new Promise<void>((resolve) => void proxy.listen(port, '127.0.0.1', resolve));
  return {
    ...nodes[NODES - 1]!,
    url: issuer,
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      const whole = await Promise.all(nodes.map(({ close }) => close()));
      return whole.every(Boolean);
    },
  };
}

function inTurn(ports: readonly number[]): RequestListener {
  let turn = 0;
  return (incoming, answer) => {
    const { method, url, headers } = incoming;
    const port = ports[turn++ % ports.length];
    const outgoing = request({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 0, response.rawHeaders);
      response.pipe(answer);
    });
    outgoing.once('error', () => answer.destroy());
    incoming.pipe(outgoing);
  };
}
