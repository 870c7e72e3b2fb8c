import { type DocumentNode, type GraphQLSchema, specifiedRules, validate } from 'graphql';
import { DomainError } from '../../directory/error.ts';
import { BUILT_IN_SCOPES, type BuiltInScope } from '../../oauth/scopes/scope.ts';
import { parseDocument } from '../parse-document.ts';
import { WellFormedStrings } from '../well-formed-strings.ts';
import { type AccessRule, scopeLists } from './access.ts';
import { walkOperation } from './operation-walk.ts';

/** How many sets are told at most: alternatives multiply. */
const SETS = 16;

/** Where the variables are not known, what @skip and @include make of them is left in. */
export interface ScopeQuery {
  readonly document: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** Every minimal set of scopes with which the operation passes the check; nothing is executed. */
export function requiredScopes(schema: GraphQLSchema, asked: ScopeQuery): BuiltInScope[][] {
  const document = parsed(asked.document);
  const [error] = validate(schema, document, [...specifiedRules, WellFormedStrings], { maxErrors: 1 });
  if (error) throw invalid(error.message);
  const { rules, refusal } = walkOperation({ ...asked, schema, document });
  if (refusal) throw invalid(refusal.message);
  return minimalScopeSets(rules).slice(0, SETS);
}

/** Every set that opens all of these rules and has no scope too many; small ones first. */
export function minimalScopeSets(rules: Iterable<AccessRule>): BuiltInScope[][] {
  let sets: ReadonlySet<BuiltInScope>[] = [new Set()];
  for (const rule of rules) {
    const lists = scopeLists(rule);
    sets = withoutSupersets(sets.flatMap((set) => lists.map((list) => set.union(new Set(list)))));
  }
  return sets.map((set) => BUILT_IN_SCOPES.filter((scope) => set.has(scope)));
}

function withoutSupersets(sets: ReadonlySet<BuiltInScope>[]): ReadonlySet<BuiltInScope>[] {
  const kept: ReadonlySet<BuiltInScope>[] = [];
  for (const set of sets.toSorted((a, b) => a.size - b.size))
    if (!kept.some((smaller) => smaller.isSubsetOf(set))) kept.push(set);
  return kept;
}

function parsed(text: string): DocumentNode {
  try {
    return parseDocument(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'Syntax error');
  }
}

const invalid = (message: string): DomainError =>
  new DomainError('INVALID', `The document is refused: ${message}`, ['document']);
