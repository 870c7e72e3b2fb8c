export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Rounded, with a space between thousands. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ');

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const yesOrNo = (met: boolean): string => (met ? 'yes' : '**no**');
