/** The limits of one operation. */
export const LIMITS = {
  tokens: 1000,
  comments: 1000,
  /** Characters of a name. */
  name: 100,
  depth: 8,
  aliases: 15,
  directives: 10,
  /** Objects that are read: for a list its page size, times the objects it is read for. */
  cost: 4000,
  /** Bytes of the data in a response. */
  bytes: 5_000_000,
  milliseconds: 5000,
} as const;
