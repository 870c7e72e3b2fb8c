const ENCODED = /[%+]/;

/** RFC 6749 appendix B: decodes a form-encoded name or value. Undefined for invalid percent-encoding or UTF-8. */
export function decodeForm(text: string): string | undefined {
  if (!ENCODED.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
