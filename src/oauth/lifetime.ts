/** Seconds for which an ID token is valid. A signing key stays published for as long after its last use. */
export const ID_TOKEN_TTL = 3600;

/** The instant so many seconds after `from`. */
export const secondsLater = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);

/** RFC 6749 §5.1 `expires_in`: whole seconds that remain; none of what was asked for again after its end. */
export const secondsUntil = (until: Date, now: Date): number =>
  Math.max(0, Math.floor((until.getTime() - now.getTime()) / 1000));

export const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/** RFC 7519 §2, NumericDate: whole seconds since 1970. */
export const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
