const ENCODED = /[%+]/;

/** RFC 6749 appendix B: a form-encoded name or value; undefined for broken percent-encoding and broken UTF-8. */
export function decodeForm(text: string): string | undefined {
  if (!ENCODED.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
