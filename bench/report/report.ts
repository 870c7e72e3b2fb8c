// The one writer of docs/performance.md and docs/reliability.md. Each page is written from the JSON file next to it;
// `npx node bench/report/report.ts` writes both again without measuring.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { LimitId, LimitResult } from '../reliability/limits.ts';
import { chart } from './chart.ts';
import type { Findings } from './findings.ts';
import { performancePage } from './performance-page.ts';
import { reliabilityPage } from './reliability-page.ts';

type Report = keyof Findings;

const PAGES: { readonly [report in Report]: (findings: Findings[report], kept: string) => string } = {
  performance: performancePage,
  reliability: reliabilityPage,
};

const docs = join(import.meta.dirname, '../../docs');

/** The hand-written section between these two lines. It is kept when the page is written again. */
const KEPT = /<!-- by hand -->.*<!-- end -->/s;

const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;

const textOf = (file: string): string | undefined => {
  const path = join(docs, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

function findingsOf<R extends Report>(report: R): Findings[R] {
  return JSON.parse(textOf(`${report}.json`) ?? JSON.stringify({ machine: machine() }));
}

function writePage<R extends Report>(report: R, findings: Findings[R]): void {
  const [kept = '<!-- by hand -->\n<!-- end -->'] = KEPT.exec(textOf(`${report}.md`) ?? '') ?? [];
  writeFileSync(join(docs, `${report}.md`), PAGES[report](findings, kept));
}

function save<R extends Report>(report: R, findings: Findings[R]): void {
  writeFileSync(join(docs, `${report}.json`), `${JSON.stringify(findings, undefined, 2)}\n`);
  writePage(report, findings);
}

const writeChart = (findings: Findings['performance']): void =>
  writeFileSync(join(docs, 'images/performance.svg'), chart(findings));

/** Replaces the results of these benchmarks, keeps those of earlier runs, and writes the page and its chart. */
export function recordBenchmark(results: Omit<Findings['performance'], 'machine'>): void {
  const before = findingsOf('performance');
  const throughput = { ...before.throughput, ...results.throughput };
  const sharing = { ...before.sharing, ...results.sharing };
  const findings = { ...before, ...results, throughput, sharing, machine: machine() };
  save('performance', findings);
  writeChart(findings);
}

/** Replaces the result of this limit, keeps those of earlier runs, and writes the page. */
export function recordLimit(id: LimitId, result: LimitResult): void {
  const { limits } = findingsOf('reliability');
  save('reliability', { machine: machine(), limits: { ...limits, [id]: result } });
}

if (import.meta.main) {
  for (const report of Object.keys(PAGES) as Report[]) writePage(report, findingsOf(report));
  writeChart(findingsOf('performance'));
}
