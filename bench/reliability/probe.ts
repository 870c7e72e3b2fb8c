// Loaded into a server by `NODE_OPTIONS=--import=…`. Reports event loop delay and heap size on a separate port.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds between two samples of the event loop. The histogram's values include them. */
const STEP = 10;
const delay = monitorEventLoopDelay({ resolution: STEP });
delay.enable();
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const delayAbove = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - STEP);

/** V8 drops compiled code that was not used during several collections. After this many, early and late heap sizes compare. */
const COLLECTIONS = 8;

async function report({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
  for (let times = 0; url === '/collect' && times < COLLECTIONS; times++) {
    collect();
    await pause(STEP);
  }
  const lag = { p99: delayAbove(delay.percentile(99)), max: delayAbove(delay.max) };
  if (url === '/lag') delay.reset();
  const { heapUsed, heapTotal, external } = process.memoryUsage();
  response.end(JSON.stringify({ lag, heap: heapUsed / 2 ** 20, reserved: (heapTotal + external) / 2 ** 20 }));
}

createServer((request, response) => void report(request, response))
  .listen(Number(process.env.PROBE_PORT), '127.0.0.1')
  .unref();
