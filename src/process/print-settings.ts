import { settings } from '../settings.ts';

const HEAD = `# Settings

Printed from the declarations in \`src/settings.ts\` by \`npm run settings\`.

All settings are environment variables. They are checked at start-up, and every problem is reported at once. An empty variable counts as unset. Where a \`_FILE\` variable is listed, it can name a file that contains the value instead.

| variable | default | description |
| --- | --- | --- |
`;

/** docs/settings.md */
export function printedSettings(): string {
  const rows = settings.map(([, { variable, fallback, unset = '', file, description }]) => {
    const names = file ? `\`${variable}\`, \`${variable}_FILE\`` : `\`${variable}\``;
    return `| ${names} | ${fallback === undefined ? unset : `\`${fallback}\``} | ${description} |\n`;
  });
  return `${HEAD}${rows.join('')}`;
}

if (import.meta.main) process.stdout.write(printedSettings());
