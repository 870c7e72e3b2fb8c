// Brought into a server by `NODE_OPTIONS=--import=…`: tells, on a port of its own, what only the process itself can know.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds between two looks at the event loop, which are in what the histogram holds. */
const STEP = 10;
const delay = monitorEventLoopDelay({ resolution: STEP });
delay.enable();
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - STEP);

createServer(({ url }, answer) => {
  if (url === '/collect') collect();
  const lag = { p99: late(delay.percentile(99)), max: late(delay.max) };
  if (url === '/lag') delay.reset();
  answer.end(JSON.stringify({ lag, heap: process.memoryUsage().heapUsed / 2 ** 20 }));
})
  .listen(Number(process.env.PROBE_PORT), '127.0.0.1')
  .unref();
