import { LIMITS, type LimitId } from '../reliability/limits.ts';
import type { Findings, ReliabilityFindings } from './findings.ts';
import { table, whole, yesOrNo } from './format.ts';

/** Requests in all, so that no 5xx among them means something. */
const ENOUGH_REQUESTS = 1_000_000;

/** T9 is the sum of what the other limits counted. */
function withServerErrors(limits: NonNullable<ReliabilityFindings['limits']>): ReliabilityFindings['limits'] {
  const sum = (key: 'requests' | 'serverErrors') =>
    Object.values(limits).reduce((total, result) => total + (result[key] ?? 0), 0);
  const [requests, errors] = [sum('requests'), sum('serverErrors')];
  if (requests === 0) return limits;
  const T9 = { measured: `${errors} in ${whole(requests)}`, met: errors === 0 && requests >= ENOUGH_REQUESTS };
  return { ...limits, T9 };
}

/** docs/reliability.md; `kept` is the hand-written section. */
export function reliabilityPage({ machine, limits: recorded = {} }: Findings['reliability'], kept: string): string {
  const limits = withServerErrors(recorded);
  return `# Reliability

The limits that a server on two shared cores must meet, and what was measured on one machine (${machine}). The clients, PostgreSQL and the servers share its cores.

${table(
  ['', 'what', 'limit', 'measured', 'met'],
  Object.entries(LIMITS).map(([id, [what, limit]]) => {
    const result = limits?.[id as LimitId];
    return [id, what, limit, result?.measured ?? 'not measured', result ? yesOrNo(result.met) : ''];
  }),
)}

## How it is measured

| program | limits |
| --- | --- |
| \`npm run bench:reliability\` | T1 to T9, T13, T14, T16 and T17, in about half an hour |
| \`npm run bench:reliability -- T3 T8\` | only these |
| \`npm run bench:reliability -- --seconds 5 --minutes 1\` | a short run that writes nothing |
| \`npx node bench/reliability/race.ts\` | T10 |
| \`npx node bench/reliability/crash.ts 50 10\` | T11 |
| \`npx node bench/reliability/faults.ts\` | T12 |
| \`npx node bench/reliability/sweep.ts\` | T15 |

Each program writes its results to this page.

- PostgreSQL waits for the disk at every commit (\`fsync\` is on).
- The server is one process in production mode, with rate limits off and ten connections. Each limit has its own server and its own database.
- Each connection sends its requests on a schedule. A request that is late because the response before it was slow is timed from when it was due. No client waits longer than 5 s for a response.
- Every response is checked. An incorrect status, token or name is a failure.
- *Maximum* is the rate when each connection sends its next request as soon as it has a response.
- The operating system reports memory and descriptors, and PostgreSQL its connections. The server reports event loop delay and heap size on a port that only this measurement opens.

${kept}
`;
}
