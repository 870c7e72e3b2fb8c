import { expect } from 'vitest';

/** Where two servers answer differently: what we say, what oidc-provider says, and why. */
export type Explained = Readonly<Record<string, readonly [ours: string, theirs: string, why: string]>>;

/** Both say the same, or what the table says they do. */
export function expectAsExplained(table: Explained, name: string, answers: readonly [string, string]): void {
  const [ours, theirs] = table[name] ?? [answers[0], answers[0]];
  expect([name, ...answers]).toEqual([name, ours, theirs]);
}

/** Every row is of a case, a difference, and gives a reason. */
export function expectDifferences(table: Explained, names: readonly string[]): void {
  expect(new Set(names).size).toBe(names.length);
  for (const [name, [ours, theirs, why]] of Object.entries(table)) {
    expect(names).toContain(name);
    expect([name, ours === theirs, why.length > 15]).toEqual([name, false, true]);
  }
}
