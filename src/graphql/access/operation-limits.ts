import type { GraphQLError } from 'graphql';
import { badRequest } from '../errors.ts';
import { LIMITS } from './limits.ts';

/** Selections that are visited, including skipped ones. Fragments that spread each other twice double the work at each level. */
const MAX_STEPS = 10_000;

/** Measures an operation as if every fragment were inlined. */
export class Meter {
  #steps = 0;
  #aliases = 0;
  #directives = 0;
  #cost = 0;
  #depth = 0;

  step(directives: number): void {
    this.#steps += 1;
    this.#directives += directives;
  }

  field(depth: number, aliased: boolean): void {
    this.#depth = Math.max(this.#depth, depth);
    if (aliased) this.#aliases += 1;
  }

  /** An alias within introspection, whose depth validation limits. */
  introspectionAlias(): void {
    this.#aliases += 1;
  }

  /** Adds objects to the cost. */
  load(objects: number): void {
    this.#cost += objects;
  }

  /** Objects counted so far. */
  get cost(): number {
    return this.#cost;
  }

  /** The error for the first exceeded limit, or undefined. */
  exceeded(): GraphQLError | undefined {
    if (this.#depth > LIMITS.depth) return limitExceeded(`is nested more than ${LIMITS.depth} levels deep`);
    if (this.#aliases > LIMITS.aliases) return limitExceeded(`has more than ${LIMITS.aliases} aliases`);
    if (this.#directives > LIMITS.directives) return limitExceeded(`has more than ${LIMITS.directives} directives`);
    if (this.#cost > LIMITS.cost || this.#steps > MAX_STEPS)
      return limitExceeded(`costs more than ${LIMITS.cost} objects`);
    return undefined;
  }
}

const limitExceeded = (what: string): GraphQLError => badRequest(`The operation ${what}`, 'LIMIT_EXCEEDED');
