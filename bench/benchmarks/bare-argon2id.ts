// argon2id with nothing around it: the library in a process of its own, with as many threads as there are cores. Prints what it
// hashes a second; `… SECONDS`.
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';

const milliseconds = Number(process.argv[2]) * 1000;
const stored = await hash('correct horse battery', { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
let count = 0;
const begun = performance.now();
const person = async () => {
  while (performance.now() - begun < milliseconds) {
    await verify(stored, 'correct horse battery');
    count++;
  }
};
// Two for each thread, so that none ever waits for the event loop.
await Promise.all(Array.from({ length: 2 * availableParallelism() }, person));
console.log(`${(count / (performance.now() - begun)) * 1000} a second`);
