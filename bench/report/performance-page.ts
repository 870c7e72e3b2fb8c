import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedResult } from '../benchmarks/embedded.ts';
import type { GrowthResult } from '../benchmarks/growth.ts';
import type { PasswordResult } from '../benchmarks/password.ts';
import type { Result } from '../benchmarks/rounds.ts';
import type { StartResult } from '../benchmarks/start.ts';
import type { Kind } from '../peers/measured-server.ts';
import { SETTINGS } from '../peers/postgres.ts';
import { picture } from './chart.ts';
import { goals } from './performance-limits.ts';

/** All that was found, part by part. */
export interface Findings {
  machine: string;
  races?: { readonly [kind in Kind]?: readonly Result[] };
  /** Gatehouse, and itself with nothing shared. */
  sharing?: Record<string, readonly Result[]>;
  memory?: Record<string, number>;
  password?: PasswordResult;
  start?: StartResult;
  embedded?: EmbeddedResult;
  growth?: readonly GrowthResult[];
}

export const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;

const docs = join(import.meta.dirname, '../../docs');

/** Written by people, and kept: what holds back goals that are not reached. */
export const KEPT = /<!-- by hand -->.*<!-- end -->/s;

export function writeReport(findings: Findings): void {
  const path = join(docs, 'performance.md');
  const before = readFileSync(path, 'utf8');
  const [kept = '<!-- by hand -->\n<!-- end -->'] = KEPT.exec(before) ?? [];
  writeFileSync(join(docs, 'images/performance.svg'), picture(findings));
  writeFileSync(path, page(findings, kept));
}

function page(findings: Findings, kept: string): string {
  return `# Performance

Figures of one machine (${findings.machine}), on which the load generator, PostgreSQL and the servers share the cores: read the ratios. \`npm run bench\` measures all of it anew and writes this page.

PostgreSQL 18 waits for the disk at every commit (fsync on; ${SETTINGS.map((setting) => `\`${setting}\``).join(', ')}). 32 kept-alive connections; each server has its own database, ten connections to it and \`NODE_ENV=production\`, Gatehouse with rate limits off where nothing else is said. The servers are asked by turns, round after round; a figure is the median of the rounds, with the least and the most. Every answer is checked: a wrong one counts as failed. Floors read the form, make and digest a token, and answer as the real thing does, with one prepared statement and nothing else.

![Requests a second](images/performance.svg)

## Goals

${table(
  ['what', 'goal', 'seen', 'reached'],
  goals(findings).map(({ what, goal, seen, reached }) => [what, goal, seen, reached ? 'yes' : '**no**']),
)}

${kept}

## All figures

Statements and commits are those of PostgreSQL's own count (\`pg_stat_statements\`, transactions that wrote) a request; *processor* is the time that the server's processes used, without PostgreSQL's.

${Object.entries(findings.races ?? {})
  .map(([kind, race]) => section(kind, race))
  .join('\n\n')}

${Object.entries(findings.sharing ?? {})
  .map(([kind, race]) => section(`${kind}, with and without shared statements`, race))
  .join('\n\n')}
${passwords(findings)}${growth(findings)}`;
}

const section = (kind: string, race: readonly Result[]): string =>
  `### ${kind}\n\n${table(
    ['server', 'requests/s', 'least – most', 'p50 ms', 'p99 ms', 'statements', 'commits', 'processor µs', 'failed'],
    race.map((one) => [
      ...[
        one.contender,
        whole(one.median),
        `${whole(one.min)} – ${whole(one.max)}`,
        one.p50.toFixed(1),
        one.p99.toFixed(1),
      ],
      ...[one.statements.toFixed(2), one.commits.toFixed(2), whole(one.processor), String(one.failed)],
    ]),
  )}`;

function passwords({ password: found }: Findings): string {
  if (!found) return '';
  const rows = [
    ['argon2id alone, hashes a second', whole(found.bareHashes)],
    ['password grant, a second', whole(found.signIns)],
    ['password grant beside client_credentials at half their rate, a second', whole(found.signInsBeside)],
    ['client_credentials at half their rate, p99 ms', found.p99Alone.toFixed(1)],
    ['the same beside the password grant', found.p99Beside.toFixed(1)],
  ];
  return `\n### password\n\nThe library in a process of its own, by turns with the server. ${found.failed} answers were wrong.\n\n${table(['what', 'seen'], rows)}\n`;
}

function growth({ growth: found }: Findings): string {
  if (!found) return '';
  const rows = found.map((one) => [
    ...[one.kind, whole(one.tokens), whole(one.perSecond), `${(one.database * 1000).toFixed(0)}`, whole(one.processor)],
  ]);
  return `\n### Growth\n\nThe same work with few tokens in the tables and with many: *PostgreSQL* is the time that it works on a request.\n\n${table(
    ['work', 'tokens', 'requests/s', 'PostgreSQL µs', 'processor µs'],
    rows,
  )}\n`;
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
