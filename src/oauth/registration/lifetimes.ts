import { DomainError } from '../../directory/error.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Seconds. */
export const ACCESS_TOKEN_TTL: Bounds = { min: 60, max: 365 * 86_400 };
export const REFRESH_GRACE: Bounds = { min: 0, max: 300 };

/** Parses an attribute that is a number of seconds. */
export const parseSeconds =
  (name: string, { min, max }: Bounds) =>
  (seconds: number): number => {
    if (seconds >= min && seconds <= max) return seconds;
    throw new DomainError('INVALID', `${name} must be between ${min} and ${max} seconds`, [name]);
  };
