import { type Operation, roleOf } from '../peers/measured-server.ts';
import type { PerformanceFindings } from './findings.ts';

const TITLES: readonly [Operation, string][] = [
  ['client_credentials', 'Token by client_credentials'],
  ['refresh', 'Refresh with rotation'],
  ['code', 'Code exchange'],
  ['introspection', 'Introspection'],
  ['viewer', 'GraphQL viewer with groups'],
  ['users', 'GraphQL users with groups'],
];

/** Pixels. */
const WIDTH = 860;
const LABELS = 290;
const BARS = 430;
const ROW = 20;

/** An SVG with one panel of bars for each operation: requests a second, and a line from the slowest round to the fastest. */
export function chart({ throughput }: PerformanceFindings): string {
  let y = 10;
  const panels = TITLES.flatMap(([operation, title]) => {
    const results = throughput?.[operation];
    if (!results) return [];
    const maximum = Math.max(...results.map(({ max }) => max));
    const scale = (value: number) => ((value / maximum) * BARS).toFixed(1);
    y += 26;
    const head = `<text class="title" x="8" y="${y}">${title}, requests a second</text>`;
    y += 10;
    const rows = results.map(({ server, median, min, max }) => {
      const middle = y + ROW / 2;
      const row = `<text class="name" x="${LABELS - 8}" y="${middle + 4}">${server}</text>
<rect class="${roleOf(server)}" x="${LABELS}" y="${y + 3}" width="${scale(median)}" height="${ROW - 6}"/>
<line class="spread" x1="${LABELS + Number(scale(min))}" x2="${LABELS + Number(scale(max))}" y1="${middle}" y2="${middle}"/>
<text class="value" x="${LABELS + Number(scale(max)) + 8}" y="${middle + 4}">${Math.round(median).toLocaleString('en')}</text>`;
      y += ROW;
      return row;
    });
    return [head, ...rows];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 34}" role="img" aria-label="Requests a second of Gatehouse, baselines and peers">
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 14px } .name { text-anchor: end }
  .gatehouse { fill: #0f766e } .baseline { fill: #94a3b8 } .peer { fill: #d97706 } .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .spread { stroke: #e6edf3 } .gatehouse { fill: #2dd4bf } .peer { fill: #f59e0b } }
</style>
${panels.join('\n')}
<rect class="gatehouse" x="8" y="${y + 12}" width="12" height="12"/><text x="26" y="${y + 22}">Gatehouse</text>
<rect class="baseline" x="108" y="${y + 12}" width="12" height="12"/><text x="126" y="${y + 22}">baseline: minimum of this stack</text>
<rect class="peer" x="330" y="${y + 12}" width="12" height="12"/><text x="348" y="${y + 22}">peers; lines show minimum and maximum of the rounds</text>
</svg>
`;
}
