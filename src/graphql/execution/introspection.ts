import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import { parseDocument } from '../parse-document.ts';

/** True if every operation of the document selects only `__schema`, `__type` and `__typename`. */
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
  const visited = new Set<SelectionSetNode>();
  const isPure = (set: SelectionSetNode | undefined): boolean => {
    // A second visit may be a cycle, which validation rejects later.
    if (!set || visited.has(set)) return set !== undefined;
    visited.add(set);
    return set.selections.every((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value.startsWith('__');
      return isPure(
        selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value),
      );
    });
  };
  return (
    operations.length > 0 &&
    operations.every(({ operation, selectionSet }) => operation === 'query' && isPure(selectionSet))
  );
}
