import type { Kind } from '../peers/measured-server.ts';
import type { Findings } from './performance-page.ts';

const TITLES: readonly [Kind, string][] = [
  ['client_credentials', 'Token by client_credentials'],
  ['refresh', 'Refresh with rotation'],
  ['code', 'Code exchange'],
  ['introspection', 'Introspection'],
  ['viewer', 'GraphQL viewer with groups'],
  ['users', 'GraphQL users with groups'],
];

const WIDTH = 860;
const LABELS = 290;
const BARS = 430;
const ROW = 20;

/** Bars of requests a second, a panel for each kind of work, with a line from the least round to the most. Fit for a dark page. */
export function picture({ races }: Findings): string {
  let y = 10;
  const panels = TITLES.flatMap(([kind, title]) => {
    const race = races?.[kind];
    if (!race) return [];
    const most = Math.max(...race.map(({ max }) => max));
    const scale = (value: number) => ((value / most) * BARS).toFixed(1);
    y += 26;
    const head = `<text class="title" x="8" y="${y}">${title}, requests a second</text>`;
    y += 10;
    const rows = race.map(({ contender, median, min, max }) => {
      const middle = y + ROW / 2;
      const kindOf = contender.startsWith('Gatehouse') ? 'ours' : /^(Koa|yoga)/.test(contender) ? 'floor' : 'peer';
      const row = `<text class="name" x="${LABELS - 8}" y="${middle + 4}">${contender}</text>
<rect class="${kindOf}" x="${LABELS}" y="${y + 3}" width="${scale(median)}" height="${ROW - 6}"/>
<line class="spread" x1="${LABELS + Number(scale(min))}" x2="${LABELS + Number(scale(max))}" y1="${middle}" y2="${middle}"/>
<text class="value" x="${LABELS + Number(scale(max)) + 8}" y="${middle + 4}">${Math.round(median).toLocaleString('en')}</text>`;
      y += ROW;
      return row;
    });
    return [head, ...rows];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 34}" role="img" aria-label="Requests a second of Gatehouse, floors and peers">
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 14px } .name { text-anchor: end }
  .ours { fill: #0f766e } .floor { fill: #94a3b8 } .peer { fill: #d97706 } .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .spread { stroke: #e6edf3 } .ours { fill: #2dd4bf } .peer { fill: #f59e0b } }
</style>
${panels.join('\n')}
<rect class="ours" x="8" y="${y + 12}" width="12" height="12"/><text x="26" y="${y + 22}">Gatehouse</text>
<rect class="floor" x="108" y="${y + 12}" width="12" height="12"/><text x="126" y="${y + 22}">the least this stack can do</text>
<rect class="peer" x="300" y="${y + 12}" width="12" height="12"/><text x="318" y="${y + 22}">peers; the line spans the rounds</text>
</svg>
`;
}
