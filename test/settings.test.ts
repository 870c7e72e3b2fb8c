import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { printedSettings } from '../src/process/print-settings.ts';
import { settings } from '../src/settings.ts';

describe('The settings', () => {
  it('are documented as they are declared: docs/settings.md is fresh', () => {
    expect(readFileSync(join(import.meta.dirname, '../docs/settings.md'), 'utf8')).toBe(printedSettings());
  });

  it('are unset when their variables are empty', () => {
    const empty = Object.fromEntries(settings.flatMap(([, { variable }]) => [[variable, ''] as const]));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });
});
