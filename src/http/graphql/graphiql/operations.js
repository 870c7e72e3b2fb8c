/** Matches strings and comments as a whole, so that words in them are not read as keywords. */
const TOKEN = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[{}()[\]@]|[_A-Za-z]\w*/g;
const KINDS = ['query', 'mutation', 'subscription'];

/**
 * GraphQL §2.3: the operations of a document, which may still have syntax errors.
 * @param {string} document
 * @returns {{ kind: string, name: string | undefined, index: number }[]} index: start of the operation
 */
export function operationsIn(document) {
  const found = [];
  let depth = 0;
  let definition;
  let previous;
  for (const { 0: token, index } of document.matchAll(TOKEN)) {
    if (/^["#]/.test(token)) continue;
    if (depth === 0 && definition === undefined) {
      definition = token === '{' ? 'query' : token;
      if (KINDS.includes(definition)) found.push({ kind: definition, name: undefined, index });
    } else if (depth === 0 && previous === definition && KINDS.includes(previous) && /^\w/.test(token))
      found.at(-1).name ??= token;
    if (/[{([]/.test(token)) depth += 1;
    if (/[})\]]/.test(token)) depth = Math.max(0, depth - 1);
    if (depth === 0 && token === '}') definition = undefined;
    previous = token;
  }
  return found;
}

/** Whether running the document may run a mutation. Without an operation name any mutation counts. */
export const mayMutate = (document, operationName) =>
  operationsIn(document).some(({ kind, name }) => kind === 'mutation' && (!operationName || name === operationName));

/** The operation at the cursor. If the cursor is above the first operation, the first. */
export const operationAt = (document, offset) => {
  const operations = operationsIn(document);
  return operations.findLast(({ index }) => index <= offset) ?? operations[0];
};
