// argon2id alone, in a separate process with one thread for each core. Prints the hashes a second;
// `node bench/benchmarks/bare-argon2id.ts SECONDS`.
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';

const milliseconds = Number(process.argv[2]) * 1000;
const stored = await hash('correct horse battery', { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
let count = 0;
const begun = performance.now();
const verifyUntilEnd = async () => {
  while (performance.now() - begun < milliseconds) {
    await verify(stored, 'correct horse battery');
    count++;
  }
};
// Two for each thread, so that no thread waits for the event loop.
await Promise.all(Array.from({ length: 2 * availableParallelism() }, verifyUntilEnd));
console.log(`${(count / (performance.now() - begun)) * 1000} a second`);
