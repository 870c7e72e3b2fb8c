import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import { parseDocument } from '../parse-document.ts';

/** True if every operation of the text selects nothing but `__schema`, `__type` and `__typename`: what needs no token. */
export function isIntrospection(text: string): boolean {
  try {
    return isIntrospectionDocument(parseDocument(text, true));
  } catch {
    return false;
  }
}

function isIntrospectionDocument({ definitions }: DocumentNode): boolean {
  const fragments = new Map(
    definitions.flatMap((item) =>
      item.kind === Kind.FRAGMENT_DEFINITION ? [[item.name.value, item.selectionSet] as const] : [],
    ),
  );
  const operations = definitions.filter((item) => item.kind === Kind.OPERATION_DEFINITION);
  const seen = new Set<SelectionSetNode>();
  const pure = (set: SelectionSetNode | undefined): boolean => {
    // Seen twice is a circle: validation refuses it.
    if (!set || seen.has(set)) return set !== undefined;
    seen.add(set);
    return set.selections.every((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value.startsWith('__');
      return pure(
        selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value),
      );
    });
  };
  return (
    operations.length > 0 &&
    operations.every(({ operation, selectionSet }) => operation === 'query' && pure(selectionSet))
  );
}
