import type { Result } from '../benchmarks/rounds.ts';
import { SETTINGS } from '../peers/postgres.ts';
import type { Findings, PerformanceFindings } from './findings.ts';
import { table, whole, yesOrNo } from './format.ts';
import { performanceLimits } from './performance-limits.ts';

/** docs/performance.md; `kept` is the hand-written section. */
export function performancePage(findings: Findings['performance'], kept: string): string {
  return `# Performance

These figures come from one machine (${findings.machine}). The load generator, PostgreSQL and the servers share its cores, so compare the ratios, not the absolute values. \`npm run bench\` repeats all measurements and writes this page.

- PostgreSQL 18 waits for the disk at every commit (\`fsync\` is on). Its settings are ${SETTINGS.map((setting) => `\`${setting}\``).join(', ')}.
- Each server has its own database, ten connections to it and \`NODE_ENV=production\`. Gatehouse runs with rate limits off unless its name says otherwise.
- The load is 32 kept-alive connections. Servers are measured alternately, in rounds. A figure is the median of the rounds, with minimum and maximum.
- Every response is checked. An incorrect response counts as failed.
- Baselines (*Koa*, *yoga*) are the minimum that this stack can do. They parse the form, create and digest a token, and send the same response as Gatehouse, with one prepared statement and nothing else.

![Requests a second](images/performance.svg)

## Limits

${table(
  ['what', 'limit', 'measured', 'met'],
  performanceLimits(findings).map(({ what, limit, measured, met }) => [what, limit, measured, yesOrNo(met)]),
)}

${kept}

## All figures

*Statements* and *commits* are per request, as PostgreSQL counts them (\`pg_stat_statements\`; transactions that wrote). *CPU* is the time that the server's processes used for a request, without PostgreSQL's.

${Object.entries(findings.throughput ?? {})
  .map(([operation, results]) => section(operation, results))
  .join('\n\n')}

${Object.entries(findings.sharing ?? {})
  .map(([operation, results]) => section(`${operation}, with and without shared statements`, results))
  .join('\n\n')}
${passwords(findings)}${growth(findings)}`;
}

const section = (title: string, results: readonly Result[]): string =>
  `### ${title}\n\n${table(
    ['server', 'requests/s', 'min – max', 'p50 ms', 'p99 ms', 'statements', 'commits', 'CPU µs', 'failed'],
    results.map((result) => [
      result.server,
      whole(result.median),
      `${whole(result.min)} – ${whole(result.max)}`,
      result.p50.toFixed(1),
      result.p99.toFixed(1),
      result.statements.toFixed(2),
      result.commits.toFixed(2),
      whole(result.cpu),
      String(result.failed),
    ]),
  )}`;

function passwords({ password }: PerformanceFindings): string {
  if (!password) return '';
  const rows = [
    ['argon2id alone, hashes a second', whole(password.bareHashes)],
    ['password grant, a second', whole(password.signIns)],
    ['password grant during client_credentials at half rate, a second', whole(password.signInsDuringLoad)],
    ['client_credentials at half rate, p99 ms', password.p99Alone.toFixed(1)],
    ['client_credentials at half rate during the password grant, p99 ms', password.p99DuringSignIns.toFixed(1)],
  ];
  return `\n### password\n\nThe argon2id library runs in its own process, alternately with the server. Incorrect responses: ${password.failed}.\n\n${table(['what', 'measured'], rows)}\n`;
}

function growth({ growth: results }: PerformanceFindings): string {
  if (!results) return '';
  const rows = results.map(({ operation, tokens, perSecond, database, cpu }) => [
    operation,
    whole(tokens),
    whole(perSecond),
    (database * 1000).toFixed(0),
    whole(cpu),
  ]);
  return `\n### Growth\n\nThe same operations with few and with many tokens in the tables. *PostgreSQL* is its execution time for a request.\n\n${table(
    ['operation', 'tokens', 'requests/s', 'PostgreSQL µs', 'CPU µs'],
    rows,
  )}\n`;
}
