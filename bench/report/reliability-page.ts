import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GOALS, type Id, type Line } from '../reliability/limits.ts';
import { KEPT, machine, table, whole } from './performance-page.ts';

type Lines = { readonly [id in Id]?: Line };

const docs = join(import.meta.dirname, '../../docs');
const [page, store] = [join(docs, 'reliability.md'), join(docs, 'reliability.json')];

/** Puts a line beside those that earlier runs have left, and writes the page anew. */
export function record(id: Id, line: Line): void {
  const before: Lines = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')).lines : {};
  const lines = { ...before, [id]: line };
  writeFileSync(store, `${JSON.stringify({ machine: machine(), lines }, undefined, 2)}\n`);
  const [kept = '<!-- by hand -->\n<!-- end -->'] = KEPT.exec(existsSync(page) ? readFileSync(page, 'utf8') : '') ?? [];
  writeFileSync(page, written({ ...lines, ...serverErrors(lines) }, kept));
}

const MANY = 1_000_000;

/** T9 is what the others have counted beside. */
function serverErrors(lines: Lines): Lines {
  const sum = (key: 'requests' | 'serverErrors') =>
    Object.values(lines).reduce((all, line) => all + (line[key] ?? 0), 0);
  const [requests, errors] = [sum('requests'), sum('serverErrors')];
  if (requests === 0) return {};
  return { T9: { seen: `${errors} in ${whole(requests)}`, reached: errors === 0 && requests >= MANY } };
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

export const row = (id: Id, { seen, reached }: Line) => ({ target: id, goal: GOALS[id][1], seen, reached });

const written = (lines: Lines, kept: string): string => `# Reliability

What a server on two shared cores must bear, and what was seen on one machine (${machine()}), where the clients, PostgreSQL and the servers share the cores.

${table(
  ['', 'what', 'goal', 'seen', 'reached'],
  Object.entries(GOALS).map(([id, [what, goal]]) => {
    const line = lines[id as Id];
    return [id, what, goal, line?.seen ?? 'not measured', line ? (line.reached ? 'yes' : '**no**') : ''];
  }),
)}

## How it is measured

\`npm run bench:reliability\` measures T1 to T9, T13, T14, T16 and T17 and takes half an hour; \`npm run bench:reliability -- T3 T8\` measures some, \`--seconds 5 --minutes 1\` takes a short look that writes nothing. T10, T11, T12 and T15 are \`npx node bench/reliability/race.ts\`, \`bench/reliability/crash.ts 50 10\`, \`bench/reliability/faults.ts\` and \`bench/reliability/sweep.ts\`. Each writes its lines here.

PostgreSQL waits for the disk at every commit (fsync on). The server is one process in production mode with rate limits off and ten connections; each target has a server and a database of its own. Requests are sent when they are due, whatever became of those before on other connections, and what an answer that comes late delays counts as waiting. Every answer is read and checked: a status, a token or a name that is not right is a failure. *At most* is what as many kept-alive connections get when each asks again as soon as it is answered. Memory, descriptors and connections are the system's and PostgreSQL's own figures; how late the event loop is and how large the heap, the server says itself on a port that only the measurement opens.

${kept}
`;
