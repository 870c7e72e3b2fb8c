/** Seconds for which an ID token is valid. A signing key stays published at least this long after it signed last. */
export const ID_TOKEN_TTL = 3600;

/** The time that many seconds after `from`. */
export const secondsLater = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);

/** RFC 6749 §5.1 `expires_in`: the remaining whole seconds. 0 if a repeated response contains an expired token. */
export const secondsUntil = (until: Date, now: Date): number =>
  Math.max(0, Math.floor((until.getTime() - now.getTime()) / 1000));

export const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/** RFC 7519 §2, NumericDate: whole seconds since 1970. */
export const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
