import { type DocumentNode, type GraphQLSchema, specifiedRules, validate } from 'graphql';
import { DomainError } from '../../directory/error.ts';
import { BUILT_IN_SCOPES, type BuiltInScope } from '../../oauth/scopes/scope.ts';
import { parseDocument } from '../parse-document.ts';
import { WellFormedStrings } from '../well-formed-strings.ts';
import { type AccessRule, scopeLists } from './access.ts';
import { walkOperation } from './operation-walk.ts';

/** Alternatives multiply, so only this many sets are returned. */
const MAX_SETS = 16;

/** If the variables are not known, fields whose @skip or @include depends on them count as selected. */
export interface ScopeQuery {
  readonly document: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** Every minimal set of scopes that the operation requires. Executes nothing. Throws INVALID. */
export function requiredScopes(schema: GraphQLSchema, query: ScopeQuery): BuiltInScope[][] {
  const document = parse(query.document);
  const [error] = validate(schema, document, [...specifiedRules, WellFormedStrings], { maxErrors: 1 });
  if (error) throw invalid(error.message);
  const { rules, refusal } = walkOperation({ ...query, schema, document });
  if (refusal) throw invalid(refusal.message);
  return minimalScopeSets(rules).slice(0, MAX_SETS);
}

/** Every set of scopes that satisfies all rules and has no unnecessary scope, smallest first. */
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

function parse(text: string): DocumentNode {
  try {
    return parseDocument(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'Syntax error');
  }
}

const invalid = (message: string): DomainError =>
  new DomainError('INVALID', `The document is not valid: ${message}`, ['document']);
