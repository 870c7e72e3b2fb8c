import { createServer, type RequestListener, request } from 'node:http';
import { inject } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { StartOptions } from '../../src/process/prepare.ts';
import { type Gatehouse, startGatehouse } from '../../src/process/serve.ts';
import { freePort } from './postgres.ts';

const NODES = 3;

/**
 * Starts three nodes on PostgreSQL behind a round-robin proxy, so that tests fail if a node relies on its own memory. On the
 * embedded database, which only one process can use, starts one node.
 */
export async function startRoundRobin(given: Config, options: StartOptions): Promise<Gatehouse> {
  if (inject('databases').kind === 'pglite') return startGatehouse(given, options);
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const config = { ...given, port: 0, issuer };
  const nodes: Gatehouse[] = [];
  // One after another, because each start invalidates the set-up link of the one before.
  while (nodes.length < NODES) nodes.push(await startGatehouse(config, options));
  const proxy = createServer(roundRobin(nodes.map(({ url }) => Number(new URL(url).port))));
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

function roundRobin(ports: readonly number[]): RequestListener {
  let next = 0;
  return (incoming, outer) => {
    const { method, url, headers } = incoming;
    const port = ports[next++ % ports.length];
    const outgoing = request({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, (response) => {
      outer.writeHead(response.statusCode ?? 0, response.rawHeaders);
      response.pipe(outer);
    });
    outgoing.once('error', () => outer.destroy());
    incoming.pipe(outgoing);
  };
}
