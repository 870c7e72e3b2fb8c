/** The limits of one operation. */
export const LIMITS = {
  tokens: 1000,
  comments: 1000,
  /** Characters of a name. */
  name: 100,
  depth: 8,
  aliases: 15,
  directives: 10,
  /** Look-ups: one for each object, or list of objects, that is fetched. */
  cost: 1000,
  milliseconds: 5000,
} as const;
