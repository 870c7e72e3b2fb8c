import type { GraphQLError } from 'graphql';
import { badRequest } from '../errors.ts';

/** What one operation may take. */
export const LIMITS = {
  ...{ tokens: 1000, comments: 1000, name: 100 },
  ...{ depth: 8, aliases: 15, directives: 10, cost: 1000, milliseconds: 5000 },
} as const;

/** How many selections are looked at, skipped ones included: fragments that spread each other twice double at every step. */
const STEPS = 10_000;

/** Counts what an operation asks for, as if every fragment were written out where it is spread. */
export class Meter {
  #steps = 0;
  #aliases = 0;
  #directives = 0;
  #cost = 0;
  #depth = 0;
  #introspectionAlias = false;

  step(directives: number): void {
    this.#steps += 1;
    this.#directives += directives;
  }

  field(depth: number, aliased: boolean): void {
    this.#depth = Math.max(this.#depth, depth);
    if (aliased) this.#aliases += 1;
  }

  introspectionAlias(): void {
    this.#introspectionAlias = true;
  }

  /** One look-up, for each of `times` objects. */
  load(times: number): void {
    this.#cost += times;
  }

  /** Look-ups so far. */
  get cost(): number {
    return this.#cost;
  }

  /** The limit that is broken, if one is. */
  exceeded(): GraphQLError | undefined {
    if (this.#depth > LIMITS.depth) return tooMuch(`is nested more than ${LIMITS.depth} levels deep`);
    if (this.#aliases > LIMITS.aliases) return tooMuch(`has more than ${LIMITS.aliases} aliases`);
    if (this.#introspectionAlias) return tooMuch('has an alias within its introspection');
    if (this.#directives > LIMITS.directives) return tooMuch(`has more than ${LIMITS.directives} directives`);
    if (this.#cost > LIMITS.cost || this.#steps > STEPS) return tooMuch(`takes more than ${LIMITS.cost} look-ups`);
    return undefined;
  }
}

const tooMuch = (what: string): GraphQLError => badRequest(`The operation ${what}`, 'LIMIT_EXCEEDED');
