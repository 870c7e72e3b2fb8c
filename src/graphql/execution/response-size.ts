/** True if the JSON of a value takes more than `limit` bytes. It stops counting there, so that the text is never made. */
export function isLargerThan(limit: number, value: unknown): boolean {
  return remaining(limit, value) < 0;
}

/** The bytes left after the value; negative if they do not suffice. Escaped characters count as one byte. */
function remaining(left: number, value: unknown): number {
  if (typeof value === 'string') return left - Buffer.byteLength(value) - 2;
  if (typeof value !== 'object' || value === null) return left - String(value).length;
  let rest = left - 1;
  for (const key in value) {
    if (rest < 0) return rest;
    const name = Array.isArray(value) ? 0 : key.length + 3;
    rest = remaining(rest - name - 1, (value as Record<string, unknown>)[key]);
  }
  return rest;
}
